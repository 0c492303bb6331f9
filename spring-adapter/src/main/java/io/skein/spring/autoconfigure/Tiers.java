package io.skein.spring.autoconfigure;

import io.skein.tier.SharedTier;

/** Makes the tiers of caches that are shared with other JVMs. */
interface Tiers {
    /**
     * The tier of one cache.
     *
     * @param sheet of a cache with {@code shared=true}
     */
    SharedTier<Object, Object> of(Sheet<CacheProperties> sheet);

    /** Connects for caches to come, if it is to be known at once whether that can be done. */
    void connect();
}
