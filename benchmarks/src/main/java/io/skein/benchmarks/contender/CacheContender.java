package io.skein.benchmarks.contender;

import org.jspecify.annotations.Nullable;

/** A cache, with its loader built in if it can have one. */
public interface CacheContender<K> extends AutoCloseable {
    /** Reads as most callers do: loads what is missing, if it can. */
    @Nullable
    Object get(K key);

    /** Reads without loading. */
    @Nullable
    Object find(K key);

    void put(K key, Object value);

    /** Invalidates one key. */
    void drop(K key);

    /** Invalidates all keys. */
    void dropAll();

    /** Whether so many callers are aboard of the only load; true for those that cannot tell. */
    default boolean hasAboard(int callers) {
        return true;
    }

    @Override
    default void close() {}
}
