package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/** {@code Cache}, read with {@code getIfPresent}: the least that Caffeine does for a hit. */
record OnCaffeinePresent<K>(Cache<K, Object> cache) implements CacheContender<K> {
    static <K> OnCaffeinePresent<K> create(Bounds bounds) {
        return new OnCaffeinePresent<>(Caffeine.newBuilder()
                .maximumSize(bounds.maximumSize())
                .expireAfterWrite(bounds.ttl())
                .build());
    }

    @Override
    public @Nullable Object get(K key) {
        return cache.getIfPresent(key);
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
    public void dropAll() {
        cache.invalidateAll();
    }
}
