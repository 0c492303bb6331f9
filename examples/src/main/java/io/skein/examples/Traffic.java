package io.skein.examples;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers that ask for reports again and again. Each notes what the ledger says before it asks: if the report it gets
 * shows less, that is a stale read. Every other caller asks asynchronously, and waits for its future.
 */
final class Traffic {
    static final int CALLS_PER_SECOND = 20_000;

    private static final int MOST_PLATFORM_THREADS = 500;
    private static final int MOST_VIRTUAL_THREADS = 2_000;

    private final int callers;
    private final List<String> keys;
    private final ExecutorService threads;
    private final Way way;
    private final Ledger ledger;
    private final LongAdder calls = new LongAdder();
    private final LongAdder staleReads = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile boolean over;

    /** @param callers how many there are, unless that are too many */
    Traffic(int callers, List<String> keys, boolean virtualThreads, Way way, Ledger ledger) {
        this.callers = Math.min(callers, virtualThreads ? MOST_VIRTUAL_THREADS : MOST_PLATFORM_THREADS);
        this.keys = keys;
        this.threads = virtualThreads
                ? VirtualThreads.executor()
                : Executors.newFixedThreadPool(this.callers, Traffic::thread);
        this.way = way;
        this.ledger = ledger;
    }

    int callers() {
        return callers;
    }

    /** The callers set out, and go on until they are stopped. */
    void start() {
        for (int i = 0; i < callers; i++) {
            boolean blocking = i % 2 == 0;
            threads.execute(() -> askOnAndOn(blocking));
        }
        threads.shutdown(); // they end when it is over
    }

    /** Returns when all callers have their last report. */
    void stop() throws InterruptedException {
        over = true;
        threads.awaitTermination(1, TimeUnit.DAYS);
    }

    private static Thread thread(Runnable task) {
        var thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    }

    private void askOnAndOn(boolean blocking) {
        long pause = TimeUnit.SECONDS.toNanos(1) * callers / CALLS_PER_SECOND;
        var random = ThreadLocalRandom.current();
        while (!over) {
            LockSupport.parkNanos(this, random.nextLong(2 * pause));
            ask(keys.get(random.nextInt(keys.size())), blocking);
        }
    }

    private void ask(String product, boolean blocking) {
        long owed = ledger.owed(product); // before the call begins
        try {
            var report = blocking ? way.ask(product) : way.askAsync(product).get();
            if (Ledger.units(report) < owed) {
                staleReads.increment();
            }
        } catch (Throwable e) {
            notServed(e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
        calls.increment();
    }

    private void notServed(Throwable e) {
        if (e instanceof Outage.DownException) {
            refused.increment();
        } else {
            failure.compareAndSet(null, e);
            failed.countDown();
        }
    }

    /** Waits so long, and no longer if a caller fails; tells whether one has. */
    boolean await(Duration time) throws InterruptedException {
        return failed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What a caller failed with, if not because the database was down. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }

    long calls() {
        return calls.sum();
    }

    /** Calls that failed because the database was down. */
    long refused() {
        return refused.sum();
    }

    /** Calls that got a report without an order that had been invalidated when they began. */
    long staleReads() {
        return staleReads.sum();
    }
}
