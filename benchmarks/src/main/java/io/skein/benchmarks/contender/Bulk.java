package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.skein.cache.CoalescingCache;
import java.util.Arrays;
import java.util.List;

/** Ways to read many keys that are there and fresh. */
public enum Bulk {
    SKEIN("skein") {
        @Override
        public BulkContender create(int maximumSize) {
            var cache = skein(maximumSize);
            return new BulkContender(cache::put, (keys, taker) -> taker.accept(cache.getAll(keys)), cache::close);
        }
    },
    SKEIN_SINGLY("skein singly") {
        @Override
        public BulkContender create(int maximumSize) {
            var cache = skein(maximumSize);
            return new BulkContender(
                    cache::put,
                    (keys, taker) -> keys.forEach(key -> taker.accept(cache.getIfPresent(key))),
                    cache::close);
        }
    },
    CAFFEINE("caffeine") {
        @Override
        public BulkContender create(int maximumSize) {
            var cache = caffeine(maximumSize);
            return new BulkContender(cache::put, (keys, taker) -> taker.accept(cache.getAllPresent(keys)), () -> {});
        }
    },
    /** One {@code getIfPresent} after the other, and no map to put the values in. */
    CAFFEINE_SINGLY("caffeine singly") {
        @Override
        public BulkContender create(int maximumSize) {
            var cache = caffeine(maximumSize);
            return new BulkContender(
                    cache::put, (keys, taker) -> keys.forEach(key -> taker.accept(cache.getIfPresent(key))), () -> {});
        }
    };

    private final String label;

    Bulk(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Bulk::label).toList();
    }

    public abstract BulkContender create(int maximumSize);

    private static CoalescingCache<String, Object> skein(int maximumSize) {
        return CoalescingCache.<String, Object>builder("bench")
                .ttl(Bounds.of(maximumSize).ttl())
                .maximumSize(maximumSize)
                .loader(key -> key)
                .build();
    }

    private static Cache<String, Object> caffeine(int maximumSize) {
        return Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .expireAfterWrite(Bounds.of(maximumSize).ttl())
                .build();
    }
}
