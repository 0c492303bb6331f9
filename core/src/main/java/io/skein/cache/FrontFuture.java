package io.skein.cache;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future a caller of the cache holds, in front of others that end in a flight. Who waits for it waits for those
 * first, so that a load that waits for itself is found (G11).
 */
abstract class FrontFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    /** One that has to end before this one does; null if there is none that could be waited for. */
    abstract @Nullable CompletableFuture<?> behind();

    /** Dependents are ordinary futures: cancelling one has never touched the future it depends on. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private @Nullable CompletableFuture<?> toWaitFor() {
        var behind = isDone() ? null : behind();
        return behind == null || behind.isDone() ? null : behind;
    }

    @Override
    public T join() {
        for (var behind = toWaitFor(); behind != null; behind = toWaitFor()) {
            try {
                behind.join();
            } catch (CompletionException | CancellationException e) {
                // it is for this future to say what that means
            }
        }
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        for (var behind = toWaitFor(); behind != null; behind = toWaitFor()) {
            try {
                behind.get();
            } catch (ExecutionException | CancellationException e) {
                // it is for this future to say what that means
            }
        }
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
        for (var behind = toWaitFor(); behind != null; behind = toWaitFor()) {
            try {
                behind.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | CancellationException e) {
                // it is for this future to say what that means
            }
        }
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}
