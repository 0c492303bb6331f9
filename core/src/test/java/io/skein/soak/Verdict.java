package io.skein.soak;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The first promise that was seen broken. */
final class Verdict {
    private static final long PATIENCE = 30_000_000_000L;

    private final AtomicReference<String> violation = new AtomicReference<>();

    void broken(String promise, String how) {
        violation.compareAndSet(null, promise + ": " + how);
    }

    boolean isClean() {
        return violation.get() == null;
    }

    String violation() {
        return violation.get();
    }

    /** Waits for what has to come. If it does not, that is a violation. */
    boolean await(BooleanSupplier condition, String promise, Supplier<String> otherwise) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE) {
                broken(promise, otherwise.get());
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }
}
