package io.skein.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.skein.cache.CoalescingCache;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ways to read many keys that are there and fresh. */
public enum Bulk {
    SKEIN("skein") {
        @Override
        BulkContender create(int maximumSize) {
            return new Skein(skein(maximumSize));
        }
    },
    SKEIN_SINGLY("skein singly") {
        @Override
        BulkContender create(int maximumSize) {
            return new SkeinSingly(skein(maximumSize));
        }
    },
    CAFFEINE("caffeine") {
        @Override
        BulkContender create(int maximumSize) {
            return new OnCaffeine(caffeine(maximumSize));
        }
    },
    /** One {@code getIfPresent} after the other, and no map to put the values in. */
    CAFFEINE_SINGLY("caffeine singly") {
        @Override
        BulkContender create(int maximumSize) {
            return new CaffeineSingly(caffeine(maximumSize));
        }
    };

    private final String label;

    Bulk(String label) {
        this.label = label;
    }

    /** The name in tables. */
    String label() {
        return label;
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Bulk::label).toList();
    }

    abstract BulkContender create(int maximumSize);

    private static CoalescingCache<String, Object> skein(int maximumSize) {
        return CoalescingCache.<String, Object>builder("bench")
                .ttl(Cached.TTL)
                .maximumSize(maximumSize)
                .loader(key -> key)
                .build();
    }

    private static Cache<String, Object> caffeine(int maximumSize) {
        return Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .expireAfterWrite(Cached.TTL)
                .build();
    }

    private record Skein(CoalescingCache<String, Object> cache) implements BulkContender {
        @Override
        public void put(String key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
            taker.accept(cache.getAll(keys));
        }
    }

    private record SkeinSingly(CoalescingCache<String, Object> cache) implements BulkContender {
        @Override
        public void put(String key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
            for (var key : keys) {
                taker.accept(cache.getIfPresent(key));
            }
        }
    }

    private record OnCaffeine(Cache<String, Object> cache) implements BulkContender {
        @Override
        public void put(String key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
            taker.accept(cache.getAllPresent(keys));
        }
    }

    private record CaffeineSingly(Cache<String, Object> cache) implements BulkContender {
        @Override
        public void put(String key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
            for (var key : keys) {
                taker.accept(cache.getIfPresent(key));
            }
        }
    }
}
