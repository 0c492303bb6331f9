package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** G12 in the cache: the flight a caller of getFresh joins may have found an entry in the store, and loaded nothing. */
class FreshRaceTest {
    /** A key that tells a thread when it asks for the hash code, for the first, second, third time: its steps. */
    private static final class Key {
        private final ThreadLocal<IntConsumer> steps = new ThreadLocal<>();
        private final ThreadLocal<AtomicInteger> taken = ThreadLocal.withInitial(AtomicInteger::new);

        @Override
        public int hashCode() {
            if (steps.get() != null) {
                steps.get().accept(taken.get().incrementAndGet());
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Callers.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void G12_getFresh_loadsAnew_whereTheFlightItJoinedFoundAnEntryFromBefore() {
        var key = new Key();
        var cache = CoalescingCache.<Key, String>builder("fresh").build();
        var missed = new CountDownLatch(1);
        var sawNoFlight = new CountDownLatch(1);
        var tookOff = new CountDownLatch(1);
        var joined = new AtomicBoolean();
        var get = Callers.onThread(() -> {
            key.steps.set(step -> {
                if (step == 2) { // it has missed, and is about to look for a flight to join
                    missed.countDown();
                    await(sawNoFlight);
                } else if (step == 4) { // it has taken off, and is about to look into the store once more
                    assertThat(cache.flights()).hasSize(1);
                    tookOff.countDown();
                    Callers.awaitTrue(() -> cache.flights().get(0).callers() == 2);
                    joined.set(true);
                }
            });
            return cache.get(key, k -> "not asked for");
        });
        await(missed);
        cache.put(key, "put before");
        var fresh = Callers.onThread(() -> {
            key.steps.set(step -> {
                if (step == 2) { // it has seen no flight to wait for, and is about to join one
                    sawNoFlight.countDown();
                    await(tookOff);
                }
            });
            return cache.getFresh(key, k -> "fresh");
        });

        assertThat(get.get()).isEqualTo("put before");
        assertThat(joined).isTrue();
        assertThat(fresh.get()).isEqualTo("fresh");
    }
}
