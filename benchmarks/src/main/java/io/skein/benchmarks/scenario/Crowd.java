package io.skein.benchmarks.scenario;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Threads that make the same call and note when it returned. */
final class Crowd {
    /** Some wait in a monitor, and some with a limit. */
    private static final Set<Thread.State> WAITING =
            EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.BLOCKED);

    private static final long BETWEEN_LOOKS = 2_000_000;

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

    /**
     * Returns when two looks at all threads, some time apart, have found every one of them waiting: a single look takes one that waits on
     * its way, for a class to be loaded, for one that is there.
     */
    void awaitWaiting() {
        Patience.until(this::areAllWaiting, "callers to wait");
        LockSupport.parkNanos(BETWEEN_LOOKS);
        Patience.until(this::areAllWaiting, "callers to wait");
    }

    private boolean areAllWaiting() {
        rethrow();
        for (var thread : threads) {
            if (!waits(thread)) {
                return false;
            }
        }
        return true;
    }

    static boolean waits(Thread thread) {
        return WAITING.contains(thread.getState());
    }

    void interrupt() {
        for (var thread : threads) {
            thread.interrupt();
        }
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
        for (var thread : threads) {
            Patience.join(thread, "callers to end");
        }
    }

    private void rethrow() {
        var found = failure.get();
        if (found != null) {
            throw new IllegalStateException("a caller failed", found);
        }
    }
}
