package io.skein.examples;

import io.skein.cache.CacheStats;

/**
 * What came of the cache's part.
 *
 * @param refused calls that failed because the database was down
 * @param queries queries the database has run
 * @param orders how many orders changed a report, each followed by an invalidation
 * @param overtaken how many loads were overtaken by an invalidation
 * @param staleReads calls that began after an invalidation and were not shown the order before it
 */
record CacheOutcome(
        long calls, long refused, long queries, CacheStats stats, int orders, long overtaken, long staleReads) {

    /** @throws IllegalStateException if there was a stale read */
    void requireFresh() {
        if (staleReads > 0) {
            throw new IllegalStateException(
                    staleReads + " calls that began after an invalidation got a report from before it");
        }
    }
}
