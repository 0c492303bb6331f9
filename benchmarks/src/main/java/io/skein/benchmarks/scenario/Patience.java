package io.skein.benchmarks.scenario;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting that ends with an exception instead of never, when a contender has lost a caller. */
final class Patience {
    private static final long SECONDS = 300;
    private static final long GLANCE = 50_000;

    private Patience() {}

    static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(SECONDS + " s are over, waiting for " + what);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    static void join(Thread thread, String what) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(SECONDS + " s are over, waiting for " + what);
        }
    }

    static void until(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS)) {
                throw new IllegalStateException(SECONDS + " s are over, waiting for " + what);
            }
            LockSupport.parkNanos(GLANCE);
        }
    }
}
