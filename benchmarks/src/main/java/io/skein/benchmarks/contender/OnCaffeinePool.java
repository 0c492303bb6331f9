package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code AsyncLoadingCache} as its documentation shows it: loads run on its executor. */
record OnCaffeinePool<K>(AsyncLoadingCache<K, Object> cache) implements CacheContender<K> {
    static <K> OnCaffeinePool<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCaffeinePool<>(Caffeine.newBuilder()
                .maximumSize(bounds.maximumSize())
                .expireAfterWrite(bounds.ttl())
                .buildAsync(loader::apply));
    }

    @Override
    public @Nullable Object get(K key) {
        return cache.get(key).join();
    }

    @Override
    public @Nullable Object find(K key) {
        return cache.synchronous().getIfPresent(key);
    }

    @Override
    public void put(K key, Object value) {
        cache.synchronous().put(key, value);
    }

    @Override
    public void drop(K key) {
        cache.synchronous().invalidate(key);
    }

    @Override
    public void dropAll() {
        cache.synchronous().invalidateAll();
    }
}
