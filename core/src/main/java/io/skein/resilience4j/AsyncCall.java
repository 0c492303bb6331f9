package io.skein.resilience4j;

import org.jspecify.annotations.Nullable;

/** A load, or a layer around one, that does not block. */
@FunctionalInterface
interface AsyncCall<T extends @Nullable Object> {
    /**
     * Starts it.
     *
     * @return the caller's own; it tells of every failure, and cancelling it stops everything behind it
     * @throws Exception only if this thread was interrupted on the way, which says nothing of the source: then nothing
     *     goes on, and nothing is held
     */
    Promise<T> start() throws Exception;
}
