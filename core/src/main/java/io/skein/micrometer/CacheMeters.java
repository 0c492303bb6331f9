package io.skein.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.skein.event.StaleReason;
import io.skein.micrometer.SkeinMeters.TagKey;
import java.util.EnumMap;
import java.util.Map;

/** The meters that are fed with what happens to the entries of one cache; all of them exist from the start. */
final class CacheMeters {
    final Counter refreshed;
    final Counter refreshFailed;
    final Counter invalidatedKeys;
    final Counter invalidatedAll;
    final Counter invalidatedTags;
    private final Map<StaleReason, Counter> stale = new EnumMap<>(StaleReason.class);

    CacheMeters(MeterRegistry registry, Tags tags, String cache) {
        var own = tags.and(TagKey.CACHE.asString(), cache);
        var outcome = TagKey.OUTCOME.asString();
        refreshed = GroupMeters.counter(registry, SkeinMeters.REFRESH, own.and(outcome, "success"));
        refreshFailed = GroupMeters.counter(registry, SkeinMeters.REFRESH, own.and(outcome, "failure"));
        var scope = TagKey.SCOPE.asString();
        invalidatedKeys = GroupMeters.counter(registry, SkeinMeters.INVALIDATIONS, own.and(scope, "key"));
        invalidatedAll = GroupMeters.counter(registry, SkeinMeters.INVALIDATIONS, own.and(scope, "all"));
        invalidatedTags = GroupMeters.counter(registry, SkeinMeters.INVALIDATIONS, own.and(scope, "tag"));
        for (var reason : StaleReason.values()) {
            var tag = own.and(TagKey.REASON.asString(), SkeinMetrics.word(reason));
            stale.put(reason, GroupMeters.counter(registry, SkeinMeters.STALE, tag));
        }
    }

    Counter stale(StaleReason reason) {
        return requireNonNull(stale.get(reason));
    }
}
