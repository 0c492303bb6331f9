package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.AsyncContender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Landings of one contender with asynchronous callers, each with a future of its own, whose load goes on until {@link #land}. */
final class AsyncFlock implements AutoCloseable {
    private final AtomicInteger loads = new AtomicInteger();
    private final AsyncContender contender;
    private final List<CompletableFuture<Object>> callers;
    private CompletableFuture<Object> source = new CompletableFuture<>();
    private int landings;
    private String key = "user:0";

    /** @param room for callers */
    AsyncFlock(Async kind, int room) {
        this.callers = new ArrayList<>(room);
        this.contender = kind.over(key -> {
            loads.incrementAndGet();
            return source;
        });
    }

    /** The first one is the leader. */
    void join(int newcomers) {
        for (int i = 0; i < newcomers; i++) {
            callers.add(contender.load(key));
        }
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
        if (loads.getAndSet(0) != 1) {
            throw new IllegalStateException("not exactly one load");
        }
        contender.forget(key);
        key = "user:" + ++landings;
        callers.clear();
        source = new CompletableFuture<>();
        return end - start;
    }

    @Override
    public void close() {
        contender.close();
    }
}
