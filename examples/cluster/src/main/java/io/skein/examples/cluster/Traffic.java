package io.skein.examples.cluster;

import io.skein.cache.CoalescingCache;
import io.skein.tier.TierException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads that read keys at random, and now and then invalidate one, until they are stopped. */
final class Traffic {
    private static final int THREADS = 4;
    private static final int KEYS = 100;
    private static final long LOAD_MILLIS = 5;
    private static final int READS_PER_INVALIDATION = 200;
    private static final long BETWEEN_READS = 500_000;

    private final CoalescingCache<String, Long> cache;
    private final Source source;
    private final int loadsBefore;
    private final List<CompletableFuture<Void>> threads = new ArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean over;

    /** Begins. */
    Traffic(CoalescingCache<String, Long> cache, Source source, Executor executor) {
        this.cache = cache;
        this.source = source;
        this.loadsBefore = source.loads();
        for (int i = 0; i < THREADS; i++) {
            threads.add(CompletableFuture.runAsync(this::work, executor));
        }
    }

    private void work() {
        while (!over) {
            var key = "busy" + ThreadLocalRandom.current().nextInt(KEYS);
            read(key);
            if (reads.incrementAndGet() % READS_PER_INVALIDATION == 0) {
                invalidate(key);
            }
            LockSupport.parkNanos(BETWEEN_READS);
        }
    }

    private void read(String key) {
        long start = System.nanoTime();
        try {
            cache.get(key, k -> source.load(LOAD_MILLIS));
        } catch (RuntimeException e) {
            errors.incrementAndGet();
        }
        longest.accumulateAndGet(System.nanoTime() - start, Math::max);
    }

    private void invalidate(String key) {
        try {
            cache.invalidate(key);
        } catch (TierException e) { // it says so
            refused.incrementAndGet();
        }
    }

    /** Reads, loads, errors, refused invalidations, and the nanoseconds of the longest read so far. */
    long[] counts() {
        return new long[] {reads.get(), source.loads() - loadsBefore, errors.get(), refused.get(), longest.get()};
    }

    /** The same when all threads have ended. */
    long[] stop() {
        over = true;
        CompletableFuture.allOf(threads.toArray(new CompletableFuture<?>[0]))
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
        return counts();
    }
}
