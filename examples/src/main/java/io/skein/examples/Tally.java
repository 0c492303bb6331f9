package io.skein.examples;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the callers of one stampede as they come back, and compares what they bring. */
final class Tally {
    private static final long NOT_SERVED = Long.MAX_VALUE;

    private final Map<String, Report> firstAnswers;
    private final AtomicLongArray waits;
    private final CountDownLatch outside;
    private final AtomicInteger served = new AtomicInteger();
    private final LongAdder different = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** @param firstAnswers the first answer of each key, from this stampede or one before; concurrent */
    Tally(int callers, Map<String, Report> firstAnswers) {
        this.firstAnswers = firstAnswers;
        this.waits = new AtomicLongArray(callers);
        this.outside = new CountDownLatch(callers);
    }

    /** A caller is back, with a report or with a failure. */
    void back(int caller, String key, long wait, @Nullable Report report, @Nullable Throwable problem) {
        if (report != null) {
            waits.set(caller, wait);
            served.incrementAndGet();
            var first = firstAnswers.putIfAbsent(key, report);
            if (first != null && !first.equals(report)) {
                different.increment();
            }
        } else {
            waits.set(caller, NOT_SERVED);
            if (!(problem instanceof TimeIsUpException)) {
                failure.compareAndSet(null, problem);
            }
        }
        outside.countDown();
    }

    /** Waits a moment for all to be back, and tells whether they are. */
    boolean await(Duration moment) throws InterruptedException {
        return outside.await(moment.toNanos(), TimeUnit.NANOSECONDS);
    }

    int served() {
        return served.get();
    }

    long different() {
        return different.sum();
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    /**
     * Waits of the callers with these shares of all callers at or before them; those not served count as the longest. All must
     * be back.
     *
     * @return null where that caller was not served
     */
    @Nullable
    Duration[] percentiles(double... shares) {
        var sorted = new long[waits.length()];
        Arrays.setAll(sorted, waits::get);
        Arrays.sort(sorted);
        var durations = new @Nullable Duration[shares.length];
        for (int i = 0; i < shares.length; i++) {
            long wait = sorted[(int) Math.ceil(shares[i] * sorted.length) - 1];
            durations[i] = wait == NOT_SERVED ? null : Duration.ofNanos(wait);
        }
        return durations;
    }
}
