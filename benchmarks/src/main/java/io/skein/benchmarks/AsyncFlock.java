package io.skein.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** One flight with asynchronous callers aboard, each with a future of its own, whose load goes on until {@link #land}. */
final class AsyncFlock implements AutoCloseable {
    private static final String KEY = "user:42";

    private final CompletableFuture<Object> source = new CompletableFuture<>();
    private final AtomicInteger loads = new AtomicInteger();
    private final AsyncContender contender;
    private final List<CompletableFuture<Object>> callers;

    /** With one caller, the leader, and room for more. */
    AsyncFlock(Async contender, int room) {
        this.contender = contender.create();
        this.callers = new ArrayList<>(room + 1);
        join(1);
    }

    void join(int newcomers) {
        for (int i = 0; i < newcomers; i++) {
            callers.add(contender.load(KEY, this::load));
        }
    }

    private CompletableFuture<Object> load(String key) {
        loads.incrementAndGet();
        return source;
    }

    /**
     * Lets the load end.
     *
     * @return nanoseconds from there to the moment when all futures are done
     */
    long land() {
        long start = System.nanoTime();
        source.complete(GatedLoad.VALUE);
        long end = System.nanoTime();
        for (var caller : callers) {
            if (!caller.isDone()) { // another thread completes it
                caller.join();
                end = System.nanoTime();
            }
            if (!GatedLoad.VALUE.equals(caller.join())) {
                throw new IllegalStateException("a caller got " + caller);
            }
        }
        if (loads.get() != 1) {
            throw new IllegalStateException(loads + " loads instead of 1");
        }
        return end - start;
    }

    @Override
    public void close() {
        contender.close();
    }
}
