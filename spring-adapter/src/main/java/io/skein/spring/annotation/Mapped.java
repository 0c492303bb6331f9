package io.skein.spring.annotation;

import io.skein.internal.Failures;
import io.skein.internal.Stages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The outcome of a stage, changed. Unlike what {@code thenApply} returns, it cancels the stage when it is cancelled. */
public final class Mapped {
    private static final System.Logger LOG = System.getLogger(Mapped.class.getName());

    private Mapped() {}

    /** The stage, with its value changed. */
    public static <A extends @Nullable Object, B extends @Nullable Object> CompletableFuture<B> of(
            CompletionStage<? extends A> stage, Function<? super A, ? extends B> change) {
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
                Stages.cancel(stage, LOG);
            }
        });
        return mapped;
    }
}
