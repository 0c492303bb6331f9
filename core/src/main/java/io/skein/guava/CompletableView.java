package io.skein.guava;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Ends as a {@link ListenableFuture} does. That may have other holders: of all that is done here, it is only cancelled. */
final class CompletableView<V extends @Nullable Object> extends CompletableFuture<V> {
    private final ListenableFuture<? extends V> source;

    private CompletableView(ListenableFuture<? extends V> source) {
        this.source = source;
    }

    static <V extends @Nullable Object> CompletableFuture<V> of(ListenableFuture<? extends V> source) {
        var view = new CompletableView<V>(source);
        var end = new FutureCallback<V>() {
            @Override
            public void onSuccess(V value) {
                view.complete(value);
            }

            @Override
            public void onFailure(Throwable failure) {
                view.completeExceptionally(failure);
            }
        };
        Futures.addCallback(source, end, MoreExecutors.directExecutor());
        return view;
    }

    /** The one way to the source: a failure that somebody completes this with, even a cancellation, is not one. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancels = completeExceptionally(new CancellationException());
        if (cancels) {
            source.cancel(true);
        }
        return cancels || isCancelled();
    }
}
