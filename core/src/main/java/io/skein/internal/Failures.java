package io.skein.internal;

import java.util.concurrent.CompletionException;

/** What a failure of the user's code means. */
public final class Failures {
    private Failures() {}

    /**
     * Whether a blocking load was ended by an interrupt of the calling thread: blocking code tells so by its exception, or
     * by leaving the flag set under an exception of its own.
     */
    public static boolean isByInterrupt(Throwable failure) {
        return failure instanceof InterruptedException
                || (failure instanceof Exception && Thread.currentThread().isInterrupted());
    }

    /** What a stage failed with, without the wrapper that stages put around the failures of the stages before them. */
    public static Throwable ofStage(Throwable failure) {
        var unwrapped = failure;
        while (unwrapped instanceof CompletionException && unwrapped.getCause() != null) {
            unwrapped = unwrapped.getCause();
        }
        return unwrapped;
    }
}
