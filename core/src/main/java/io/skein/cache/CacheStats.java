package io.skein.cache;

import java.time.Duration;

/**
 * What a cache has done since it was built: a snapshot. Every answered call of a key counts as exactly one of {@code
 * hits}, {@code negativeHits}, {@code staleHits} and {@code misses}.
 *
 * @param hits calls answered at once with a fresh value
 * @param negativeHits calls answered at once with a remembered absence or failure
 * @param staleHits calls answered with a stale value, at once or after a load failed or took too long
 * @param misses calls that had to wait for a load, whether it succeeded or not; and those of {@code getIfPresent} that
 *     found nothing
 * @param joins misses that cost no load (those of {@code getIfPresent} apart), because another caller's was in flight or had just landed
 * @param loads loads that ended, whether they succeeded or not; a bulk call is one
 * @param loadFailures loads that failed, timed out or were cancelled
 * @param refreshes loads that replaced a value while callers were served with the one before, or were asked for by
 *     {@code refresh}
 * @param puts entries that were stored, loaded or put, remembered absences and failures included
 * @param evictions entries that went because of the cache's size or their age
 * @param totalLoadTime time that all loads took together
 */
public record CacheStats(
        long hits,
        long negativeHits,
        long staleHits,
        long misses,
        long joins,
        long loads,
        long loadFailures,
        long refreshes,
        long puts,
        long evictions,
        Duration totalLoadTime) {
    /** All calls. */
    public long requests() {
        return hits + negativeHits + staleHits + misses;
    }

    /** The share of calls that were no misses: from 0 to 1, and 1 before the first call. */
    public double hitRatio() {
        long requests = requests();
        return requests == 0 ? 1 : (double) (requests - misses) / requests;
    }

    /** The time a load takes on average. */
    public Duration meanLoadTime() {
        return loads == 0 ? Duration.ZERO : totalLoadTime.dividedBy(loads);
    }
}
