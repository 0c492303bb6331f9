package io.skein.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;

/** What is done with the stages of asynchronous loaders. */
public final class Stages {
    private Stages() {}

    /** Cancels a load nobody waits for any more; one that cannot be cancelled runs on. Throws nothing. */
    public static void cancel(CompletionStage<?> stage, Logger log) {
        try {
            stage.toCompletableFuture().cancel(true);
        } catch (Throwable e) { // of the user's
            log.log(Level.DEBUG, "a load nobody waits for cannot be cancelled, and runs on", e);
        }
    }
}
