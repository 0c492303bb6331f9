package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A map of futures before Caffeine, as one writes it on a Friday afternoon. */
record HandMadeCache<K>(
        Function<K, Object> loader, ConcurrentHashMap<K, CompletableFuture<Object>> flights, Cache<K, Object> cache)
        implements CacheContender<K> {
    static <K> HandMadeCache<K> create(Function<K, Object> loader, Bounds bounds) {
        return new HandMadeCache<>(
                loader,
                new ConcurrentHashMap<>(4_096),
                Caffeine.newBuilder()
                        .maximumSize(bounds.maximumSize())
                        .expireAfterWrite(bounds.ttl())
                        .build());
    }

    @Override
    public Object get(K key) {
        var value = cache.getIfPresent(key);
        return value != null ? value : load(key);
    }

    private Object load(K key) {
        var found = flights.get(key);
        if (found != null) {
            return found.join();
        }
        var mine = new CompletableFuture<Object>();
        found = flights.putIfAbsent(key, mine);
        if (found != null) {
            return found.join();
        }
        try {
            var value = loader.apply(key);
            cache.put(key, value);
            mine.complete(value);
            return value;
        } catch (Throwable e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, mine);
        }
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
