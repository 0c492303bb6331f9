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
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder loadNanos = new LongAdder();

    void loaded(long nanos, boolean failed) {
        loads.increment();
        loadNanos.add(nanos);
        if (failed) {
            loadFailures.increment();
        }
    }

    CacheStats snapshot() {
        return new CacheStats(
                hits.sum(),
                negativeHits.sum(),
                staleHits.sum(),
                misses.sum(),
                joins.sum(),
                loads.sum(),
                loadFailures.sum(),
                refreshes.sum(),
                puts.sum(),
                evictions.sum(),
                Duration.ofNanos(loadNanos.sum()));
    }
}
