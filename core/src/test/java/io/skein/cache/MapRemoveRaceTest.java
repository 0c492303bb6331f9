package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import io.skein.Gate;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** C2 for {@code asMap().remove}: a load that lands while it is looking for the value is fenced, too. */
class MapRemoveRaceTest {
    /** A key that has something done when its hash code is asked for, which is where one step of a call follows another. */
    private static final class Key {
        private final ThreadLocal<Runnable> whenAsked = ThreadLocal.withInitial(() -> () -> {});

        @Override
        public int hashCode() {
            whenAsked.get().run();
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    @Test
    void C2_aLoadThatLandsAsItBegins_isNotStored() {
        var key = new Key();
        var gate = new Gate<Key>("old");
        var cache = CoalescingCache.<Key, String>builder("map").loader(gate).build();
        var load = Callers.onThread(() -> cache.get(key));
        gate.awaitEntered();
        var steps = new AtomicInteger();
        key.whenAsked.set(() -> {
            if (steps.incrementAndGet() == 1) {
                gate.open();
                load.get();
            }
        });

        cache.asMap().remove(key);

        key.whenAsked.remove();
        assertThat(steps).hasPositiveValue();
        assertThat(cache.getIfPresent(key)).isNull();
    }
}
