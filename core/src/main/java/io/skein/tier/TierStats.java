package io.skein.tier;

/**
 * What a cache has had of its second tier so far: a snapshot.
 *
 * @param hits reads that were answered with a value
 * @param leases loads under a lease
 * @param waits times somebody else's load was waited for
 * @param published values that were stored in the tier
 * @param fenced values that were not, because their key was changed meanwhile or the lease had ended
 * @param alone loads without a lease, because the tier failed, or others that were waited for had brought nothing
 * @param changes times the tier told that a key had changed
 * @param failures times the tier failed
 * @param coherent whether it tells of changes now
 */
public record TierStats(
        long hits,
        long leases,
        long waits,
        long published,
        long fenced,
        long alone,
        long changes,
        long failures,
        boolean coherent) {}
