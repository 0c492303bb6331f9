package io.skein.benchmarks.contender;

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
        public BulkContender create(int maximumSize) {
            return new Skein(skein(maximumSize));
        }
    },
    SKEIN_SINGLY("skein singly") {
        @Override
        public BulkContender create(int maximumSize) {
            return new SkeinSingly(skein(maximumSize));
        }
    },
    CAFFEINE("caffeine") {
        @Override
        public BulkContender create(int maximumSize) {
            return new OnCaffeine(caffeine(maximumSize));
        }
    },
    /** One {@code getIfPresent} after the other, and no map to put the values in. */
    CAFFEINE_SINGLY("caffeine singly") {
        @Override
        public BulkContender create(int maximumSize) {
            return new CaffeineSingly(caffeine(maximumSize));
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

    private record Skein(CoalescingCache<String, Object> cache) implements BulkContender {
        @Override
        public void put(String key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
            taker.accept(cache.getAll(keys));
        }

        @Override
        public void close() {
            cache.close();
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

        @Override
        public void close() {
            cache.close();
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
