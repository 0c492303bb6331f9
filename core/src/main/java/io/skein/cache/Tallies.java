package io.skein.cache;

import io.skein.internal.Tally;
import java.time.Duration;

/** Counts for {@link CacheStats}. */
final class Tallies {
    final Tally hits = new Tally();
    final Tally negativeHits = new Tally();
    final Tally staleHits = new Tally();
    final Tally misses = new Tally();
    final Tally joins = new Tally();
    final Tally refreshes = new Tally();
    final Tally puts = new Tally();
    final Tally evictions = new Tally();
    private final Tally loadSuccesses = new Tally();
    private final Tally loadFailures = new Tally();
    private final Tally loadNanos = new Tally();

    void loaded(long nanos, boolean failed) {
        loadNanos.add(nanos);
        (failed ? loadFailures : loadSuccesses).increment();
    }

    /** Successes and failures are counted, not loads: so neither of the two that are told apart ever goes down. */
    CacheStats snapshot() {
        long failures = loadFailures.sum();
        return new CacheStats(
                hits.sum(),
                negativeHits.sum(),
                staleHits.sum(),
                misses.sum(),
                joins.sum(),
                loadSuccesses.sum() + failures,
                failures,
                refreshes.sum(),
                puts.sum(),
                evictions.sum(),
                Duration.ofNanos(loadNanos.sum()));
    }
}
