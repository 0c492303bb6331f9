package io.skein.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.skein.cache.CoalescingCache;
import io.skein.micrometer.SkeinMeters.TagKey;
import io.skein.tier.TierStats;
import java.util.function.ToLongFunction;

/** What a cache with a shared tier tells of it; nothing of one without. */
final class TierMeters {
    private TierMeters() {}

    static void bind(MeterRegistry registry, CoalescingCache<?, ?> cache, Iterable<Tag> tags) {
        if (cache.tierStats().isEmpty()) {
            return;
        }
        var own = Tags.of(tags).and(TagKey.CACHE.asString(), cache.name());
        Gauge.builder(SkeinMeters.TIER_COHERENT.getName(), cache, c -> count(c, stats -> stats.coherent() ? 1 : 0))
                .description(SkeinMeters.TIER_COHERENT.description())
                .tags(own)
                .register(registry);
        counter(registry, cache, own, "hit", TierStats::hits);
        counter(registry, cache, own, "leased", TierStats::leases);
        counter(registry, cache, own, "waited", TierStats::waits);
        counter(registry, cache, own, "published", TierStats::published);
        counter(registry, cache, own, "fenced", TierStats::fenced);
        counter(registry, cache, own, "alone", TierStats::alone);
        counter(registry, cache, own, "changed", TierStats::changes);
        counter(registry, cache, own, "failed", TierStats::failures);
    }

    private static void counter(
            MeterRegistry registry,
            CoalescingCache<?, ?> cache,
            Tags tags,
            String outcome,
            ToLongFunction<TierStats> count) {
        FunctionCounter.builder(SkeinMeters.TIER.getName(), cache, c -> count(c, count))
                .description(SkeinMeters.TIER.description())
                .tags(tags.and(TagKey.OUTCOME.asString(), outcome))
                .register(registry);
    }

    private static long count(CoalescingCache<?, ?> cache, ToLongFunction<TierStats> what) {
        return cache.tierStats().map(what::applyAsLong).orElse(0L);
    }
}
