package io.skein.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.skein.cache.CoalescingCache;
import io.skein.micrometer.SkeinMeters.TagKey;
import io.skein.write.WriteBehindStats;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** What a cache that writes behind tells of its writes; nothing of one that does not. */
final class WriteMeters {
    private WriteMeters() {}

    static void bind(MeterRegistry registry, CoalescingCache<?, ?> cache, Iterable<Tag> tags) {
        if (cache.writeBehindStats().isEmpty()) {
            return;
        }
        var own = Tags.of(tags).and(TagKey.CACHE.asString(), cache.name());
        Gauge.builder(SkeinMeters.WRITES_PENDING.getName(), cache, c -> count(c, WriteBehindStats::pending))
                .description(SkeinMeters.WRITES_PENDING.description())
                .tags(own)
                .register(registry);
        TimeGauge.builder(
                        SkeinMeters.WRITES_OLDEST.getName(),
                        cache,
                        TimeUnit.NANOSECONDS,
                        c -> count(c, stats -> stats.oldest().toNanos()))
                .description(SkeinMeters.WRITES_OLDEST.description())
                .tags(own)
                .register(registry);
        counter(registry, cache, own, "flushed", WriteBehindStats::flushed);
        counter(registry, cache, own, "merged", WriteBehindStats::merged);
        counter(registry, cache, own, "retried", WriteBehindStats::retried);
        counter(registry, cache, own, "dead_lettered", WriteBehindStats::deadLettered);
        counter(registry, cache, own, "rejected", WriteBehindStats::rejected);
    }

    private static void counter(
            MeterRegistry registry,
            CoalescingCache<?, ?> cache,
            Tags tags,
            String outcome,
            ToLongFunction<WriteBehindStats> count) {
        FunctionCounter.builder(SkeinMeters.WRITES.getName(), cache, c -> count(c, count))
                .description(SkeinMeters.WRITES.description())
                .tags(tags.and(TagKey.OUTCOME.asString(), outcome))
                .register(registry);
    }

    private static long count(CoalescingCache<?, ?> cache, ToLongFunction<WriteBehindStats> what) {
        return cache.writeBehindStats().map(what::applyAsLong).orElse(0L);
    }
}
