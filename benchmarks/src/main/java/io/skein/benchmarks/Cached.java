package io.skein.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.google.common.cache.CacheBuilder;
import io.skein.cache.CoalescingCache;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The caches, each with a bound and a time to live, as most are built; the map has neither. */
public enum Cached {
    SKEIN("skein") {
        @Override
        <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize) {
            return new Skein<>(CoalescingCache.<K, Object>builder("bench")
                    .ttl(TTL)
                    .maximumSize(maximumSize)
                    .loader(loader::apply)
                    .build());
        }
    },
    /** Read with {@code getIfPresent}. */
    CAFFEINE("caffeine") {
        @Override
        <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize) {
            return new OnCaffeine<>(Caffeine.newBuilder()
                    .maximumSize(maximumSize)
                    .expireAfterWrite(TTL)
                    .build());
        }
    },
    CAFFEINE_LOADING("caffeine loading") {
        @Override
        <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize) {
            return new CaffeineLoading<>(Caffeine.newBuilder()
                    .maximumSize(maximumSize)
                    .expireAfterWrite(TTL)
                    .build(loader::apply));
        }
    },
    GUAVA("guava") {
        @Override
        <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize) {
            return new Guava<>(CacheBuilder.newBuilder()
                    .maximumSize(maximumSize)
                    .expireAfterWrite(TTL)
                    .build());
        }
    },
    MAP("map") {
        @Override
        <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize) {
            return new OnMap<>(new ConcurrentHashMap<>(maximumSize));
        }
    };

    static final Duration TTL = Duration.ofMinutes(10);

    private final String label;

    Cached(String label) {
        this.label = label;
    }

    /** The name in tables. */
    String label() {
        return label;
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Cached::label).toList();
    }

    abstract <K> CacheContender<K> over(Function<K, Object> loader, int maximumSize);

    private record Skein<K>(CoalescingCache<K, Object> cache) implements CacheContender<K> {
        @Override
        public @Nullable Object get(K key) {
            return cache.get(key);
        }

        @Override
        public @Nullable Object find(K key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(K key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void drop(K key) {
            cache.invalidate(key);
        }

        @Override
        public void close() {
            cache.close();
        }
    }

    private record OnCaffeine<K>(Cache<K, Object> cache) implements CacheContender<K> {
        @Override
        public @Nullable Object get(K key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(K key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void drop(K key) {
            cache.invalidate(key);
        }
    }

    private record CaffeineLoading<K>(LoadingCache<K, Object> cache) implements CacheContender<K> {
        @Override
        public @Nullable Object get(K key) {
            return cache.get(key);
        }

        @Override
        public @Nullable Object find(K key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(K key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void drop(K key) {
            cache.invalidate(key);
        }
    }

    private record Guava<K>(com.google.common.cache.Cache<K, Object> cache) implements CacheContender<K> {
        @Override
        public @Nullable Object get(K key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(K key, Object value) {
            cache.put(key, value);
        }

        @Override
        public void drop(K key) {
            cache.invalidate(key);
        }
    }

    private record OnMap<K>(ConcurrentHashMap<K, Object> map) implements CacheContender<K> {
        @Override
        public @Nullable Object get(K key) {
            return map.get(key);
        }

        @Override
        public void put(K key, Object value) {
            map.put(key, value);
        }

        @Override
        public void drop(K key) {
            map.remove(key);
        }
    }
}
