package io.skein.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.skein.cache.CacheStats;
import io.skein.cache.CoalescingCache;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The conventional meters of caches for a {@link CoalescingCache}, from its {@link CacheStats}, and its flights in
 * progress, and its writes if it writes behind: {@code cache.gets}, where hits are all calls that did not wait for a load, {@code cache.puts}, {@code
 * cache.evictions}, {@code cache.size}, {@code cache.load} and {@code cache.load.duration}. They need no listener; what
 * {@link SkeinMetrics} counts besides does, and {@link SkeinMetrics#monitor(CoalescingCache)} includes these.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class CoalescingCacheMetrics<K, V> extends CacheMeterBinder<CoalescingCache<K, V>> {
    private final Tags tags;

    /** @param tags besides {@code cache}, its name */
    public CoalescingCacheMetrics(CoalescingCache<K, V> cache, Iterable<Tag> tags) {
        super(cache, cache.name(), tags);
        this.tags = Tags.of(tags);
    }

    /**
     * Shows a cache in a registry.
     *
     * @param tags besides {@code cache}, its name
     * @return the same cache
     */
    public static <K, V> CoalescingCache<K, V> monitor(
            MeterRegistry registry, CoalescingCache<K, V> cache, Iterable<Tag> tags) {
        new CoalescingCacheMetrics<>(cache, tags).bindTo(registry);
        return cache;
    }

    /** Like {@link #monitor(MeterRegistry, CoalescingCache, Iterable)}; names and values of tags in turn. */
    public static <K, V> CoalescingCache<K, V> monitor(
            MeterRegistry registry, CoalescingCache<K, V> cache, String... tags) {
        return monitor(registry, cache, Tags.of(tags));
    }

    @Override
    protected Long size() {
        var cache = getCache();
        return cache == null ? 0 : cache.estimatedSize();
    }

    @Override
    protected long hitCount() {
        return count(stats -> stats.hits() + stats.negativeHits() + stats.staleHits());
    }

    @Override
    protected Long missCount() {
        return count(CacheStats::misses);
    }

    @Override
    protected Long evictionCount() {
        return count(CacheStats::evictions);
    }

    @Override
    protected long putCount() {
        return count(CacheStats::puts);
    }

    private long count(ToLongFunction<CacheStats> what) {
        var cache = getCache();
        return cache == null ? 0 : what.applyAsLong(cache.stats());
    }

    @Override
    protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
        var cache = getCache();
        if (cache == null) {
            return;
        }
        FlightGauges.of(cache, tags).bindTo(registry);
        WriteMeters.bind(registry, cache, tags);
        TierMeters.bind(registry, cache, tags);
        TimeGauge.builder(
                        "cache.load.duration",
                        cache,
                        TimeUnit.NANOSECONDS,
                        c -> c.stats().totalLoadTime().toNanos())
                .tags(getTagsWithCacheName())
                .description("The time that all loads took together")
                .register(registry);
        loads(registry, cache, "success", c -> {
            var stats = c.stats();
            return stats.loads() - stats.loadFailures();
        });
        loads(registry, cache, "failure", c -> c.stats().loadFailures());
    }

    private void loads(
            MeterRegistry registry,
            CoalescingCache<K, V> cache,
            String result,
            ToLongFunction<CoalescingCache<K, V>> count) {
        FunctionCounter.builder("cache.load", cache, count::applyAsLong)
                .tags(getTagsWithCacheName())
                .tag("result", result)
                .description("Loads that ended, a bulk call being one")
                .register(registry);
    }
}
