package io.skein.load;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.Loader;
import io.skein.internal.Sneaky;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Waits on the load's thread for what an asynchronous loader answers; an interrupt of that thread cancels it. */
record Awaiting<K, V extends @Nullable Object>(AsyncLoader<K, V> loader) implements Loader<K, V> {
    @Override
    public V load(K key) throws Exception {
        return await(loader.load(key));
    }

    @Override
    public V load(K key, Flight<?, ?> flight) throws Exception {
        return await(loader.load(key, flight));
    }

    private V await(CompletionStage<? extends V> stage) throws InterruptedException, ExecutionException {
        var future = stage.toCompletableFuture();
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) { // bare, it would be taken for this thread's own (G7)
                throw e;
            }
            throw Sneaky.rethrow(requireNonNull(e.getCause()));
        }
    }
}
