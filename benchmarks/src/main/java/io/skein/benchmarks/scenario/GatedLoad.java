package io.skein.benchmarks.scenario;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A load that takes until somebody opens the gate, and notes when it ended. */
final class GatedLoad implements Function<String, Object> {
    static final Object VALUE = new Object();

    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile long endedAt;

    @Override
    public Object apply(String key) {
        loads.incrementAndGet();
        entered.countDown();
        Patience.await(gate, "the gate of the load");
        if (ended.getAndIncrement() == 0) {
            endedAt = System.nanoTime();
        }
        return VALUE;
    }

    void awaitEntered() {
        Patience.await(entered, "the start of the load");
    }

    void openGate() {
        gate.countDown();
    }

    /** When the first load ended. */
    long endedAt() {
        return endedAt;
    }

    int loads() {
        return loads.get();
    }
}
