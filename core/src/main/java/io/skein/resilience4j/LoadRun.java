package io.skein.resilience4j;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * One load, as far as the layers around it have to know of it.
 *
 * @param executor for what is not to run on the thread that brings it; carries the context of the leader
 * @param cancelled whether nobody waits for the load any more
 */
record LoadRun(Executor executor, BooleanSupplier cancelled) {

    boolean isCancelled() {
        return cancelled.getAsBoolean();
    }

    /**
     * Whether a failure on this thread tells that nobody wanted the load any more, and so nothing of the source. By the
     * same rule Skein hands a load over (G7).
     */
    boolean isGivenUp(Throwable failure) {
        return isInterrupted(failure) || isCancelled();
    }

    /** Blocking code tells of an interrupt by its exception, or by leaving the flag set under one of its own. */
    static boolean isInterrupted(Throwable failure) {
        return failure instanceof InterruptedException
                || (failure instanceof Exception && Thread.currentThread().isInterrupted());
    }
}
