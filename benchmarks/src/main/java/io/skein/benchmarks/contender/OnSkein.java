package io.skein.benchmarks.contender;

import io.skein.cache.CoalescingCache;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code CoalescingCache}. */
record OnSkein<K>(CoalescingCache<K, Object> cache) implements CacheContender<K> {
    static <K> OnSkein<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnSkein<>(CoalescingCache.<K, Object>builder("bench")
                .maximumSize(bounds.maximumSize())
                .ttl(bounds.ttl())
                .loader(loader::apply)
                .build());
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

    @Override
    public boolean hasAboard(int callers) {
        var flights = cache.flights();
        return flights.size() == 1 && flights.get(0).callers() == callers;
    }

    @Override
    public void close() {
        cache.close();
    }
}
