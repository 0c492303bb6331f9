package io.skein.cache;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of one asynchronous caller of the cache, in front of that caller's own future of a flight: it makes a value
 * of the entry, and asks again if that is too old. However it is completed, its caller leaves the flight.
 */
final class CacheFuture<K, V, T extends @Nullable Object> extends CompletableFuture<T> {
    private final Question<K, V> question;
    private final Function<? super StoredEntry<V>, ? extends T> view;
    private volatile @Nullable CompletableFuture<StoredEntry<V>> aboard;

    private CacheFuture(Question<K, V> question, Function<? super StoredEntry<V>, ? extends T> view) {
        this.question = question;
        this.view = view;
    }

    /**
     * Asks.
     *
     * @param first this caller's own future, if it has one already
     */
    static <K, V, T extends @Nullable Object> CompletableFuture<T> of(
            Question<K, V> question,
            @Nullable CompletableFuture<StoredEntry<V>> first,
            Function<? super StoredEntry<V>, ? extends T> view) {
        var future = new CacheFuture<K, V, T>(question, view);
        future.await(first == null ? question.flyAsync() : first);
        future.whenComplete((value, failure) -> future.leave());
        return future;
    }

    private void await(CompletableFuture<StoredEntry<V>> own) {
        aboard = own;
        own.whenComplete(this::arrived);
        if (isDone()) {
            leave();
        }
    }

    private void arrived(@Nullable StoredEntry<V> outcome, @Nullable Throwable failure) {
        if (isDone()) {
            return;
        }
        try {
            StoredEntry<V> answer = null;
            if (failure != null) {
                answer = question.despite(failure);
            } else if (outcome != null && question.accepts(outcome)) {
                answer = question.counted(outcome);
            }
            if (answer == null) {
                await(question.flyAsync());
            } else {
                complete(view.apply(answer));
            }
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    private void leave() {
        var own = aboard;
        if (own != null && !own.isDone()) {
            own.cancel(true);
        }
    }

    /** Dependents are ordinary futures: cancelling one has never touched the future it depends on. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    // Waiting for it is waiting for the flight, so that a load that waits for itself is found (G11)

    @Override
    public T join() {
        var own = aboard;
        if (own != null && !isDone()) {
            try {
                var unused = own.join();
            } catch (CompletionException | CancellationException e) {
                return super.join(); // which says what it means for this caller
            }
        }
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        var own = aboard;
        if (own != null && !isDone()) {
            try {
                var unused = own.get();
            } catch (ExecutionException | CancellationException e) {
                return super.get(); // which says what it means for this caller
            }
        }
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
        var own = aboard;
        if (own != null && !isDone()) {
            try {
                var unused = own.get(timeout, unit);
            } catch (ExecutionException | CancellationException e) {
                return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        }
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}
