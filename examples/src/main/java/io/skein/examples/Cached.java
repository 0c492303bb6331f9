package io.skein.examples;

import static java.util.Objects.requireNonNull;

import io.skein.Loader;
import io.skein.cache.CacheStats;
import io.skein.cache.CoalescingCache;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/** Every caller asks a cache. */
final class Cached implements CachedWay {
    private final LongAdder overtaken = new LongAdder();
    private final CoalescingCache<String, Report> cache;

    Cached(Loader<String, Report> loader, Executor databaseThreads, Duration ttl) {
        this.cache = CoalescingCache.<String, Report>builder("reports")
                .ttl(ttl)
                .ttlJitter(0.2)
                .refreshAhead(0.6)
                .staleIfError(Duration.ofMinutes(10))
                .retryAfterError(ttl.dividedBy(4))
                .maximumSize(1_000)
                .executor(databaseThreads)
                .loader(loader)
                .listener(new FlightListener() {
                    @Override
                    public void onForget(FlightEvent flight) {
                        overtaken.increment();
                    }
                })
                .build();
    }

    @Override
    public String name() {
        return "cached";
    }

    @Override
    public Report ask(String key) {
        return requireNonNull(cache.get(key)); // the loader never answers with nothing
    }

    @Override
    public CompletableFuture<Report> askAsync(String key) {
        return cache.getAsync(key).thenApply(Objects::requireNonNull);
    }

    @Override
    public void refresh(String key) {
        var unused = cache.refresh(key);
    }

    @Override
    public void invalidate(String key) {
        cache.invalidate(key);
    }

    @Override
    public CacheStats stats() {
        return cache.stats();
    }

    @Override
    public long overtaken() {
        return overtaken.sum();
    }

    @Override
    public void close() {
        cache.close();
    }
}
