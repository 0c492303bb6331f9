package io.skein.benchmarks;

import org.jspecify.annotations.Nullable;

/** A cache, with its loader built in if it can have one. */
interface CacheContender<K> extends AutoCloseable {
    /** Reads as most callers do: loads what is missing, if it can. */
    @Nullable
    Object get(K key);

    /** Reads without loading. */
    default @Nullable Object find(K key) {
        return get(key);
    }

    void put(K key, Object value);

    void drop(K key);

    @Override
    default void close() {}
}
