package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code AsyncCache}, whose callers wait for its future. Its executor is the common pool, which has one thread here; so
 * the first caller loads, as with most others, and not under the lock of the bin.
 */
record OnCaffeineAsync<K>(Function<K, Object> loader, AsyncCache<K, Object> cache) implements CacheContender<K> {
    static <K> OnCaffeineAsync<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCaffeineAsync<>(
                loader,
                Caffeine.newBuilder()
                        .maximumSize(bounds.maximumSize())
                        .expireAfterWrite(bounds.ttl())
                        .buildAsync());
    }

    static <K> OnCaffeineAsync<K> unbounded(Function<K, Object> loader) {
        return new OnCaffeineAsync<>(loader, Caffeine.newBuilder().buildAsync());
    }

    @SuppressWarnings("ReferenceEquality") // whether the future in the cache is this very one
    @Override
    public Object get(K key) {
        var found = cache.getIfPresent(key);
        if (found != null) {
            return found.join();
        }
        var mine = new CompletableFuture<Object>();
        var shared = cache.get(key, (missing, executor) -> mine);
        if (shared == mine) {
            try {
                mine.complete(loader.apply(key));
            } catch (Throwable e) {
                mine.completeExceptionally(e);
            }
        }
        return shared.join();
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
