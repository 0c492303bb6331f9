package io.skein.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Threads that make the same call and note when it returned. */
final class Crowd {
    private final Supplier<Object> call;
    private final Thread[] threads;
    private final long[] returnedAt;
    private final CountDownLatch returned;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private Crowd(ThreadFactory factory, int size, Supplier<Object> call) {
        this.call = call;
        this.returnedAt = new long[size];
        this.returned = new CountDownLatch(size);
        this.threads = IntStream.range(0, size)
                .mapToObj(i -> factory.newThread(() -> run(i)))
                .toArray(Thread[]::new);
    }

    static Crowd start(Threads kind, int size, Supplier<Object> call) {
        var crowd = new Crowd(kind.factory(), size, call);
        for (var thread : crowd.threads) {
            thread.start();
        }
        return crowd;
    }

    private void run(int i) {
        try {
            var value = call.get();
            returnedAt[i] = System.nanoTime();
            if (!GatedLoad.VALUE.equals(value)) {
                throw new IllegalStateException("a caller got " + value);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        } finally {
            returned.countDown();
        }
    }

    /** Returns when one look at all threads has found every one of them parked. */
    void awaitParked() {
        Patience.until(this::areAllParked, "callers to park");
    }

    private boolean areAllParked() {
        rethrow();
        for (var thread : threads) {
            if (thread.getState() != Thread.State.WAITING) {
                return false;
            }
        }
        return true;
    }

    void unpark() {
        for (var thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    /** When the last call returned, by the clock of the thread that made it. */
    long awaitReturned() {
        Patience.await(returned, "callers to return");
        awaitGone();
        rethrow();
        long last = returnedAt[0];
        for (long time : returnedAt) {
            last = time - last > 0 ? time : last;
        }
        return last;
    }

    /** Threads on their way out cost the next measurement time and memory. */
    private void awaitGone() {
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for threads to end", e);
        }
    }

    private void rethrow() {
        var found = failure.get();
        if (found != null) {
            throw new IllegalStateException("a caller failed", found);
        }
    }
}
