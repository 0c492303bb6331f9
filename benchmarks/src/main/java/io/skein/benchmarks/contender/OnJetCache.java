package io.skein.benchmarks.contender;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** JetCache's local cache on Caffeine, with its protection against penetration. It always has a bound. */
record OnJetCache<K>(Function<K, Object> loader, Cache<K, Object> cache) implements CacheContender<K> {
    static <K> OnJetCache<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnJetCache<>(
                loader,
                CaffeineCacheBuilder.createCaffeineCacheBuilder()
                        .limit(bounds.maximumSize())
                        .expireAfterWrite(bounds.ttl().toMillis(), TimeUnit.MILLISECONDS)
                        .cachePenetrateProtect(true)
                        .buildCache());
    }

    @Override
    public @Nullable Object get(K key) {
        return cache.computeIfAbsent(key, loader);
    }

    @Override
    public @Nullable Object find(K key) {
        return cache.get(key);
    }

    @Override
    public void put(K key, Object value) {
        cache.put(key, value);
    }

    @Override
    public void drop(K key) {
        cache.remove(key);
    }

    /** It has no call for all: one asks for the cache below. */
    @Override
    public void dropAll() {
        cache.unwrap(com.github.benmanes.caffeine.cache.Cache.class).invalidateAll();
    }

    @Override
    public void close() {
        cache.close();
    }
}
