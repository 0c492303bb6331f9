package io.skein.event;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to the entries of a cache, and to its flights. Every method does nothing unless overridden.
 *
 * <p>Called never under a lock of Skein's, possibly by many threads at once. It should be short, since the caller it
 * tells of waits for it. What it throws is logged once per listener class and hurts nobody. Keys are untrusted input, to
 * be escaped before they are shown.
 */
public interface CacheListener extends FlightListener {
    /** A caller got a stale value. */
    default void onStale(String cache, Object key, StaleReason reason) {}

    /**
     * A load that was to replace an entry ended: one in the background, or one that {@code refresh} asked for.
     *
     * @param failure null where it succeeded
     */
    default void onRefresh(String cache, Object key, @Nullable Throwable failure) {}

    /** A key was invalidated. */
    default void onInvalidate(String cache, Object key) {}

    /** All keys were invalidated. */
    default void onInvalidateAll(String cache) {}

    /** All entries with a tag were invalidated. */
    default void onInvalidateTag(String cache, String tag) {}

    /** An entry went because of the cache's size, or of its age. Told some time later, by a thread of Caffeine's. */
    default void onEvict(String cache, Object key) {}
}
