package io.skein.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    /**
     * The outcome of a stage, with its value changed. Unlike what {@code thenApply} returns, it cancels the stage when it is
     * cancelled.
     */
    public static <A extends @Nullable Object, B extends @Nullable Object> CompletableFuture<B> map(
            CompletionStage<? extends A> stage, Function<? super A, ? extends B> change, Logger log) {
        var mapped = new CompletableFuture<B>();
        CompletionStage<?> unused = stage.whenComplete((value, failure) -> {
            if (failure != null) {
                mapped.completeExceptionally(Failures.ofStage(failure));
                return;
            }
            try {
                mapped.complete(change.apply(value));
            } catch (Throwable e) {
                mapped.completeExceptionally(e);
            }
        });
        unused = mapped.whenComplete((value, failure) -> {
            if (mapped.isCancelled()) {
                cancel(stage, log);
            }
        });
        return mapped;
    }
}
