package io.skein.lincheck;

import io.skein.cache.CoalescingCache;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Values that are put, looked up, invalidated, and loaded where there are none, are where they would be in a plain map:
 * a put never loses to a load (C2), and the writes of the map are one step each (C12).
 */
@Tag("lincheck")
@Timeout(value = 15, unit = TimeUnit.MINUTES) // on a busy machine
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class CachePutsLincheckTest {
    private static final int LOADED = 0;

    private final CoalescingCache<Integer, Integer> cache = CoalescingCache.<Integer, Integer>builder("lincheck")
            .ticker(() -> 0)
            .loader(key -> LOADED)
            .build();
    private final ConcurrentMap<Integer, Integer> map = cache.asMap();

    /** The same with a map. */
    public static final class Plain {
        private final Map<Integer, Integer> map = new HashMap<>();

        public int get(int key) {
            return map.computeIfAbsent(key, k -> LOADED);
        }

        public Integer getIfPresent(int key) {
            return map.get(key);
        }

        public void put(int key, int value) {
            map.put(key, value);
        }

        public void invalidate(int key) {
            map.remove(key);
        }

        public Integer putIfAbsent(int key, int value) {
            return map.putIfAbsent(key, value);
        }

        public Integer remove(int key) {
            return map.remove(key);
        }

        public Integer increment(int key) {
            return map.merge(key, 10, Integer::sum);
        }
    }

    @Operation
    public int get(@Param(name = "key") int key) {
        return cache.get(key);
    }

    @Operation
    public Integer getIfPresent(@Param(name = "key") int key) {
        return cache.getIfPresent(key);
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        cache.put(key, value);
    }

    @Operation
    public void invalidate(@Param(name = "key") int key) {
        cache.invalidate(key);
    }

    @Operation
    public Integer putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.putIfAbsent(key, value);
    }

    @Operation
    public Integer remove(@Param(name = "key") int key) {
        return map.remove(key);
    }

    @Operation
    public Integer increment(@Param(name = "key") int key) {
        return map.merge(key, 10, Integer::sum);
    }

    @Validate
    public void close() {
        cache.close();
    }

    @Test
    void C2_C12_modelChecking() {
        Proof.cacheModelChecking()
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                .sequentialSpecification(Plain.class)
                .check(CachePutsLincheckTest.class);
    }

    @Test
    void C2_C12_stress() {
        Proof.stress()
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                .sequentialSpecification(Plain.class)
                .check(CachePutsLincheckTest.class);
    }
}
