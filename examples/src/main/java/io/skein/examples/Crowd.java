package io.skein.examples;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * The callers. All stand at a gate until it opens. On virtual threads each blocks until it has its report; on platform
 * threads so many cannot, and all but the first ask asynchronously.
 */
final class Crowd {
    private static final int MOST_PLATFORM_THREADS = 500;

    private final int callers;
    private final List<String> keys;
    private final boolean virtualThreads;

    Crowd(int callers, List<String> keys, boolean virtualThreads) {
        this.callers = callers;
        this.keys = keys;
        this.virtualThreads = virtualThreads;
    }

    int callers() {
        return callers;
    }

    /**
     * Sends all callers through the gate at once and returns while they are on their way.
     *
     * @return when it opened, as {@link System#nanoTime}
     */
    long storm(Way way, Tally tally) throws InterruptedException {
        int blocking = virtualThreads ? callers : Math.min(callers, MOST_PLATFORM_THREADS);
        var ready = new CountDownLatch(blocking);
        var gate = new Gate();
        ExecutorService threads = virtualThreads
                ? VirtualThreads.executor()
                : Executors.newFixedThreadPool(blocking, Crowd::platformThread);
        for (int i = 0; i < blocking; i++) {
            int caller = i;
            threads.execute(() -> {
                gate.await(ready);
                ask(way, caller, gate, tally);
            });
        }
        threads.shutdown(); // they end when they are through
        ready.await();
        long start = gate.open();
        for (int i = blocking; i < callers; i++) {
            askAsync(way, i, gate, tally);
        }
        return start;
    }

    private static Thread platformThread(Runnable task) {
        var thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    }

    private void ask(Way way, int caller, Gate gate, Tally tally) {
        var key = keyOf(caller);
        try {
            var report = way.ask(key);
            tally.back(caller, key, gate.sinceOpened(), report, null);
        } catch (Throwable e) {
            tally.back(caller, key, 0, null, e);
        }
    }

    private void askAsync(Way way, int caller, Gate gate, Tally tally) {
        var key = keyOf(caller);
        var unused = way.askAsync(key)
                .whenComplete((report, problem) -> tally.back(caller, key, gate.sinceOpened(), report, problem));
    }

    private String keyOf(int caller) {
        return keys.get(caller % keys.size());
    }

    /** Opened by a thread that wakes all the others itself: with a latch each would wake the next, and the last come late. */
    private static final class Gate {
        private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
        private volatile boolean open;
        private long opened; // written before open, read after

        /** Returns when it is open. */
        void await(CountDownLatch ready) {
            waiting.add(Thread.currentThread());
            ready.countDown();
            while (!open) {
                LockSupport.park(this);
            }
        }

        /** The time it opened, as {@link System#nanoTime}. All must be waiting. */
        long open() {
            opened = System.nanoTime();
            open = true;
            waiting.forEach(LockSupport::unpark);
            return opened;
        }

        long sinceOpened() {
            return System.nanoTime() - opened;
        }
    }
}
