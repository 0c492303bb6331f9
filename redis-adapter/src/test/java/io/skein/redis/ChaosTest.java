package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short form; {@code -Dskein.chaos=PT15M} makes it as long as one likes. */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class ChaosTest {
    @Test
    void nothingIsOutdated_nobodyHangs_andNobodyIsTold() throws InterruptedException {
        var time = Duration.parse(System.getProperty("skein.chaos", "PT20S"));
        long seed = Long.getLong("skein.chaos.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("chaos for " + time + ", seed " + seed);
        try (var server = new RedisServer()) {
            var outcome = new Chaos(server, 4, seed).run(time);
            System.out.println(outcome);
            assertThat(outcome.errors()).isEmpty();
            assertThat(outcome.outdated()).isZero();
            assertThat(outcome.reads()).isPositive();
            assertThat(outcome.invalidations()).isPositive();
        }
    }
}
