package io.skein.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link CacheStats}. */
final class Tallies {
    final LongAdder hits = new LongAdder();
    final LongAdder negativeHits = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder joins = new LongAdder();
    final LongAdder refreshes = new LongAdder();
    final LongAdder puts = new LongAdder();
    final LongAdder evictions = new LongAdder();
    private final LongAdder loadSuccesses = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder loadNanos = new LongAdder();

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
