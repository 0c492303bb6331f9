package io.skein.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The soak of the cache, for as long as an ordinary build can wait. */
class CacheSoakTest {
    @Test
    void C2_nobodyReadsWhatWasOverwrittenBeforeHeAsked() {
        var violation = new CacheSoak(System.nanoTime() & 0xFFFFFF, System.out).run(Duration.ofSeconds(12));

        assertThat(violation).isNull();
    }
}
