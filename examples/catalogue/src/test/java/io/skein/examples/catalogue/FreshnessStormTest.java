package io.skein.examples.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Prices change all the time, while everybody reads: what has been acknowledged is never unseen afterwards. For {@code
 * -Dstorm.seconds=...} seconds.
 */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        // Short lives, so that there are refreshes and expiries in it too.
        properties = {
            "skein.caches.products.ttl=2s",
            "skein.caches.products.refresh-ahead=0.5",
            "skein.caches.categories.ttl=2s"
        })
class FreshnessStormTest {
    private static final int DEFAULT_SECONDS = 60;

    @Autowired
    private QueryCount queries;

    @Test
    @Timeout(3_600)
    void noAnswer_isOlderThanWhatWasAcknowledgedBeforeItWasAskedFor(@LocalServerPort int port) throws Exception {
        var duration = Duration.ofSeconds(Integer.getInteger("storm.seconds", DEFAULT_SECONDS));
        long before = queries.total();

        var storm = new Storm(new Browser(port), duration);
        storm.run();

        long asked = queries.total() - before;
        System.out.printf(
                "storm of %d s: %,d reads, %,d writes, %,d queries, %,d stale answers%n",
                duration.toSeconds(), storm.reads(), storm.writes(), asked, storm.stale());
        assertThat(storm.stale()).as("stale answers").isZero();
        assertThat(storm.writes()).as("writes").isPositive();
        assertThat(asked).as("queries").isLessThan(storm.reads() / 5);
    }
}
