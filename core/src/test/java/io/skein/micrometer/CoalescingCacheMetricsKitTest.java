package io.skein.micrometer;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinderCompatibilityKit;
import io.skein.cache.CoalescingCache;

/** Micrometer's own demands on the meters of a cache. */
class CoalescingCacheMetricsKitTest extends CacheMeterBinderCompatibilityKit<CoalescingCache<String, String>> {
    @Override
    public CoalescingCache<String, String> createCache() {
        return CoalescingCache.<String, String>builder("mycache").build();
    }

    @Override
    public CacheMeterBinder<CoalescingCache<String, String>> binder() {
        return new CoalescingCacheMetrics<>(cache, Tags.empty());
    }

    @Override
    public void put(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public String get(String key) {
        return cache.getIfPresent(key);
    }
}
