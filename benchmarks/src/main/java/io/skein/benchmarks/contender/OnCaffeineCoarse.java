package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@code Cache}, read with {@code getIfPresent}, with a clock that a thread moves every millisecond: what Skein wins over Caffeine
 * by not reading the system's clock for each hit, anybody can have.
 */
record OnCaffeineCoarse<K>(Cache<K, Object> cache, Clock clock) implements CacheContender<K> {
    static <K> OnCaffeineCoarse<K> create(Bounds bounds) {
        var clock = new Clock();
        return new OnCaffeineCoarse<>(
                Caffeine.newBuilder()
                        .maximumSize(bounds.maximumSize())
                        .expireAfterWrite(bounds.ttl())
                        .ticker(clock)
                        .build(),
                clock);
    }

    private static final class Clock implements Ticker {
        private static final long TICK = 1_000_000;

        private volatile long now = System.nanoTime();
        private volatile boolean stopped;

        Clock() {
            var thread = new Thread(this::run, "clock");
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            while (!stopped) {
                now = System.nanoTime();
                LockSupport.parkNanos(TICK);
            }
        }

        @Override
        public long read() {
            return now;
        }
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

    @Override
    public void close() {
        clock.stopped = true;
    }
}
