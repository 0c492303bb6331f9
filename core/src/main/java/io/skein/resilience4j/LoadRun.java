package io.skein.resilience4j;

import io.skein.Flight;
import io.skein.internal.Failures;
import io.skein.internal.LeaderContext;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One load, as far as the layers around it have to know of it.
 *
 * @param executor for what is not to run on the thread that brings it
 * @param context of the leader
 * @param cancelled whether nobody waits for the load any more
 * @param flight is told which thread works for the load while its own waits for that (G11); null if there is none
 */
record LoadRun(
        Executor executor,
        @Nullable Object context,
        BooleanSupplier cancelled,
        @Nullable Flight<?, ?> flight) {

    /**
     * Runs a task on the executor, with the context of the leader.
     *
     * @param onFailure told if the context cannot be restored; the task may have run by then
     * @throws RuntimeException if the executor takes no more
     */
    void execute(Runnable task, Consumer<? super Throwable> onFailure) {
        var wrapped = LeaderContext.wrap(context, task);
        executor.execute(() -> {
            try {
                wrapped.run();
            } catch (Throwable e) {
                onFailure.accept(e);
            }
        });
    }

    boolean isCancelled() {
        return cancelled.getAsBoolean();
    }

    /**
     * Whether a failure on this thread tells that nobody wanted the load any more, and so nothing of the source. By the
     * same rule Skein hands a load over (G7).
     */
    boolean isGivenUp(Throwable failure) {
        return Failures.isByInterrupt(failure) || isCancelled();
    }
}
