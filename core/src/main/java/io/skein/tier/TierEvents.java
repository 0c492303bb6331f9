package io.skein.tier;

/**
 * What a tier tells a cache. Its methods may be called by any thread; they are short, wait for nothing, and throw nothing; listeners
 * of the cache may be called. To tell too much costs reads, and loads that are made once more; what is not told is a value that is
 * served although it is outdated.
 *
 * @param <K> keys
 */
public interface TierEvents<K> {
    /**
     * The value of a key has been stored, invalidated, or has expired; or a lease of this cache's own has been taken away. Told of
     * every key that was read or leased by this cache since it was told of it last, be it changed by this cache or by another.
     */
    void changed(K key);

    /** The lease of a key has ended, and whoever waits for it may ask again; its value is what it was. */
    void released(K key);

    /** A tag has been invalidated. */
    void tagInvalidated(String tag);

    /**
     * Anything may have changed: all has been invalidated, or the tier is not {@linkplain TierRegion#isCoherent coherent} any
     * more, or is so again: to be told after {@code isCoherent} has changed.
     */
    void allChanged();
}
