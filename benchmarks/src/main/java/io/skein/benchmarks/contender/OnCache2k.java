package io.skein.benchmarks.contender;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.cache2k.Cache;
import org.cache2k.Cache2kBuilder;
import org.jspecify.annotations.Nullable;

/** cache2k with a loader; without statistics, which it keeps otherwise. */
record OnCache2k<K>(Cache<K, Object> cache) implements CacheContender<K> {
    private static final Duration DEFAULT_LAG = Duration.ofSeconds(1);

    static <K> OnCache2k<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCache2k<>(OnCache2k.builder(loader)
                .entryCapacity(bounds.maximumSize())
                .expireAfterWrite(bounds.ttl().toNanos(), TimeUnit.NANOSECONDS)
                .timerLag(lag(bounds.ttl()).toNanos(), TimeUnit.NANOSECONDS)
                .build());
    }

    /** By default entries live for up to a second longer, which is no matter where they live for minutes. */
    static Duration lag(Duration ttl) {
        return ttl.compareTo(DEFAULT_LAG) > 0 ? DEFAULT_LAG : ttl.dividedBy(10);
    }

    static <K> OnCache2k<K> unbounded(Function<K, Object> loader) {
        return new OnCache2k<>(OnCache2k.builder(loader)
                .entryCapacity(Long.MAX_VALUE)
                .eternal(true)
                .build());
    }

    @SuppressWarnings("unchecked") // the builder would like to know the types, but does not need them
    private static <K> Cache2kBuilder<K, Object> builder(Function<K, Object> loader) {
        var builder = (Cache2kBuilder<K, Object>) Cache2kBuilder.forUnknownTypes();
        return builder.disableStatistics(true).loader(loader::apply);
    }

    @Override
    public @Nullable Object get(K key) {
        return cache.get(key);
    }

    @Override
    public @Nullable Object find(K key) {
        return cache.peek(key);
    }

    @Override
    public void put(K key, Object value) {
        cache.put(key, value);
    }

    @Override
    public void drop(K key) {
        cache.remove(key);
    }

    @Override
    public void dropAll() {
        cache.removeAll();
    }

    @Override
    public void close() {
        cache.close();
    }
}
