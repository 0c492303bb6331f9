package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.internal.CoarseTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The clock for those who ask often. */
class CoarseTickerTest {

    @Test
    void readOften_itKeepsUpWithTheRealClock_onAThreadThatEndsByItself() {
        long last = System.nanoTime();
        long farthest = 0;
        long farthestBack = 0;
        boolean written = false;
        long end = System.nanoTime() + Duration.ofMillis(300).toNanos();

        while (System.nanoTime() < end) {
            long before = System.nanoTime();
            long read = CoarseTicker.INSTANCE.read();
            farthest = Math.max(farthest, before - read);
            written |= read < before;
            farthestBack = Math.max(farthestBack, last - read);
            last = read;
        }

        assertThat(written).as("a thread wrote the time down").isTrue();
        assertThat(farthest)
                .isLessThan(Duration.ofSeconds(1).toNanos()); // a machine may stall; the order must be right
        Callers.awaitTrue(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("skein-clock")));
        long now = System.nanoTime();
        assertThat(CoarseTicker.INSTANCE.read()).isGreaterThanOrEqualTo(now);
    }
}
