package io.skein.tier;

/**
 * A second tier behind a cache, shared with the caches of the same name in other JVMs: what one has loaded the others find, and
 * while one loads a key the others wait for it. To be given to {@code CoalescingCache.builder(name).sharedTier(tier)}; one may be
 * given to several caches.
 *
 * <p>A cache knows its tier only by this interface and {@link TierRegion}, so another engine may be put behind it.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface SharedTier<K, V> {
    /**
     * Opens what belongs to one cache. Does not wait: the engine may be down, and come up later.
     *
     * @param cache the name of the cache, which separates its keys from those of others
     * @param events to be told of what others change, on any thread, from this call on
     * @return to be closed by the cache
     */
    TierRegion<K, V> open(String cache, TierEvents<? super K> events);
}
