package io.skein.resilience4j;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.internal.Failures;
import io.skein.internal.Stages;
import io.skein.internal.Text;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An asynchronous loader under guard; with or without its flight, as it is called. */
record GuardedAsyncLoader<K, V extends @Nullable Object>(Guard guard, AsyncLoader<K, V> loader)
        implements AsyncLoader<K, V> {
    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    @Override
    public CompletionStage<V> load(K key) throws Exception {
        return guard.start(() -> isolated(key, () -> loader.load(key)), () -> false);
    }

    @Override
    public CompletionStage<V> load(K key, Flight<?, ?> flight) throws Exception {
        return guard.start(() -> isolated(key, () -> loader.load(key, flight)), flight::isCancelled);
    }

    /**
     * The load as a promise of the guard's own. The loader may share its stage with others, so nothing is ever done to
     * that but to cancel it, when the load is.
     */
    private static <V extends @Nullable Object> Promise<V> isolated(
            Object key, Callable<CompletionStage<? extends V>> load) throws Exception {
        var promise = new Promise<V>();
        try {
            var stage = requireNonNull(
                    load.call(), () -> "the asynchronous loader returned null for key " + Text.quote(key));
            promise.onCancel(() -> Stages.cancel(stage, LOG));
            CompletionStage<?> unused = stage.whenComplete((value, failure) -> {
                if (failure == null) {
                    promise.succeed(value);
                } else {
                    promise.fail(Failures.ofStage(failure));
                }
            });
        } catch (Throwable e) {
            if (Failures.isByInterrupt(e)) {
                throw e;
            }
            promise.fail(e);
        }
        return promise;
    }

    @Override
    public String toString() {
        return guard + " around " + loader;
    }
}
