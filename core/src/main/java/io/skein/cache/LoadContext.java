package io.skein.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link ContextLoader} may want to know about its load. To be used during the load only.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface LoadContext<K, V> {
    /** The key to load. */
    K key();

    /**
     * The value stored under the key when the load took off, stale or not. Empty if there is none, if it was
     * invalidated, or if it was {@linkplain Loaded#absent nothing}. A value whose time to live is over is there only
     * where stale values are kept: with {@code staleIfError} or {@code staleWhileRevalidate}.
     */
    Optional<V> previous();

    /** The etag of the previous value. */
    Optional<String> etag();

    /** When the load will be given up, if a {@code loadTimeout} is set. */
    Optional<Instant> deadline();

    /** Whether nobody waits for this load any more. A long load may look at this now and then, and stop. */
    boolean isCancelled();
}
