package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import io.skein.Gate;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void C2_aLoadThatLandsAmidTheSteps_isNotStored(int step) {
        var key = new Key();
        var gate = new Gate<Key>("old");
        var cache = CoalescingCache.<Key, String>builder("map").loader(gate).build();
        var load = Callers.onThread(() -> cache.get(key));
        gate.awaitEntered();
        var steps = new AtomicInteger();
        key.whenAsked.set(() -> {
            if (steps.incrementAndGet() == step) {
                gate.open();
                load.get();
            }
        });

        cache.asMap().remove(key);

        key.whenAsked.remove();
        assertThat(steps).hasValueGreaterThanOrEqualTo(step);
        assertThat(cache.getIfPresent(key)).isNull();
    }
}
