package io.skein.examples.cluster;

import static java.util.Objects.requireNonNull;

import io.skein.cache.CoalescingCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reads a key over and over, and remembers what it got, until it has got new values after an invalidation. */
final class KeyReader {
    private static final long BETWEEN_READS = 50_000;
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(20);
    private static final int READS_BEFORE = 10;

    /** New values might be followed by old ones again. */
    private static final int READS_AFTER = 20;

    private final CoalescingCache<String, Long> cache;
    private final Source source;
    private final String key;
    private final CountDownLatch untilReading = new CountDownLatch(READS_BEFORE);
    private volatile @Nullable Invalidation invalidation;
    private final CompletableFuture<List<Read>> all;

    private record Invalidation(long called, long returned) {}

    private record Read(long asked, long value) {
        /** Whether it was asked for after the invalidation, and is from before. */
        boolean isOutdated(Invalidation invalidation) {
            return asked - invalidation.returned >= 0 && value - invalidation.called < 0;
        }

        boolean isNew(Invalidation invalidation) {
            return asked - invalidation.returned >= 0 && value - invalidation.called >= 0;
        }
    }

    /** Begins. */
    KeyReader(CoalescingCache<String, Long> cache, Source source, String key, Executor threads) {
        this.cache = cache;
        this.source = source;
        this.key = key;
        this.all = CompletableFuture.supplyAsync(this::read, threads);
    }

    private List<Read> read() {
        var reads = new ArrayList<Read>();
        long start = System.nanoTime();
        int left = READS_AFTER;
        while (left > 0 && System.nanoTime() - start < LONGEST) {
            long asked = System.nanoTime();
            var read = new Read(asked, requireNonNull(cache.get(key, k -> source.load(0))));
            reads.add(read);
            untilReading.countDown();
            var made = invalidation;
            if (made != null && read.isNew(made)) {
                left--;
            }
            LockSupport.parkNanos(BETWEEN_READS);
        }
        if (left > 0) {
            throw new IllegalStateException("there was no new value of " + key);
        }
        return reads;
    }

    void awaitReading() throws InterruptedException {
        if (!untilReading.await(LONGEST, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(key + " is not read");
        }
    }

    /**
     * Tells of an invalidation, and waits until new values have been read.
     *
     * @return how many reads there were, how many of those that began after it had returned were outdated, and how many nanoseconds
     *     after it the last of these began
     */
    long[] judge(long called, long returned) {
        var made = new Invalidation(called, returned);
        invalidation = made;
        var reads = all.join();
        var outdated = reads.stream().filter(read -> read.isOutdated(made)).toList();
        long last =
                outdated.stream().mapToLong(read -> read.asked - returned).max().orElse(0);
        return new long[] {reads.size(), outdated.size(), last};
    }
}
