package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code LoadingCache}: loads under the lock of the key's bin. */
record OnCaffeine<K>(LoadingCache<K, Object> cache) implements CacheContender<K> {
    static <K> OnCaffeine<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCaffeine<>(Caffeine.newBuilder()
                .maximumSize(bounds.maximumSize())
                .expireAfterWrite(bounds.ttl())
                .build(loader::apply));
    }

    static <K> OnCaffeine<K> unbounded(Function<K, Object> loader) {
        return new OnCaffeine<>(Caffeine.newBuilder().build(loader::apply));
    }

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
    public void dropAll() {
        cache.invalidateAll();
    }
}
