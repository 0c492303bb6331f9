package io.skein.cache;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of one asynchronous caller of the cache, in front of that caller's own future of a flight: it makes a value
 * of the entry, and asks again if that is too old. However it is completed, its caller leaves the flight.
 */
final class CacheFuture<K, V, T extends @Nullable Object> extends FrontFuture<T> {
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

    @Override
    @Nullable
    CompletableFuture<?> behind() {
        return aboard;
    }
}
