package io.skein.cache;

import io.skein.internal.Dispatched;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of one asynchronous caller of the cache, in front of that caller's own future of a flight: it makes a value
 * of the entry, and asks again if that is too old. However it is completed, its caller leaves the flight.
 */
final class CacheFuture<K, V, T extends @Nullable Object> extends FrontFuture<T> {
    private final Question<K, V> question;
    private final Function<? super StoredEntry<V>, ? extends T> view;

    /** Where it asks again: never on the thread of whoever landed a flight, and with what its caller's thread carried. */
    private final Executor again;

    private volatile @Nullable CompletableFuture<StoredEntry<V>> aboard;

    private CacheFuture(Question<K, V> question, Function<? super StoredEntry<V>, ? extends T> view, Executor again) {
        this.question = question;
        this.view = view;
        this.again = again;
    }

    /**
     * Asks.
     *
     * @param again of the group, taken on the caller's thread
     */
    static <K, V, T extends @Nullable Object> CompletableFuture<T> of(
            Question<K, V> question, Executor again, Function<? super StoredEntry<V>, ? extends T> view) {
        var future = new CacheFuture<K, V, T>(question, view, again);
        future.await(question.flyAsync());
        var unused = future.whenComplete((value, failure) -> future.leave());
        return future;
    }

    private void await(CompletableFuture<StoredEntry<V>> own) {
        aboard = own;
        var unused = own.whenComplete(this::arrived);
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
                again.execute(Dispatched.of(this::askAgain, this::completeExceptionally));
            } else {
                complete(view.apply(answer));
            }
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    private void askAgain() {
        try {
            await(question.late().flyAsync());
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    private void leave() {
        var own = aboard;
        if (own != null && !own.isDone()) {
            own.cancel(true);
        }
        aboard = null; // who keeps this future does not keep the flight
    }

    @Override
    @Nullable
    CompletableFuture<?> behind() {
        return aboard;
    }
}
