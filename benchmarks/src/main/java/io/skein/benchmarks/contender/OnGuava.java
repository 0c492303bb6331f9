package io.skein.benchmarks.contender;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Guava's {@code LoadingCache}. */
record OnGuava<K>(LoadingCache<K, Object> cache) implements CacheContender<K> {
    static <K> OnGuava<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnGuava<>(CacheBuilder.newBuilder()
                .maximumSize(bounds.maximumSize())
                .expireAfterWrite(bounds.ttl())
                .build(CacheLoader.from(loader::apply)));
    }

    static <K> OnGuava<K> unbounded(Function<K, Object> loader) {
        return new OnGuava<>(CacheBuilder.newBuilder().build(CacheLoader.from(loader::apply)));
    }

    @Override
    public @Nullable Object get(K key) {
        return cache.getUnchecked(key);
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
