package io.skein.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The soak, for as long as an ordinary build can wait. */
class GroupSoakTest {
    @Test
    void G1_to_G15_holdInRandomTraffic() {
        var violation = new GroupSoak(System.nanoTime() & 0xFFFFFF, System.out).run(Duration.ofSeconds(5));

        assertThat(violation).isNull();
    }
}
