package io.skein;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the slow source for the value of a key without blocking.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface AsyncLoader<K, V extends @Nullable Object> {
    /**
     * Starts loading the value of a key. It must not block: the caller that leads the flight waits for it.
     *
     * @return a stage that ends with the value, or with the failure every caller of this flight gets. When nobody waits
     *     for it any more, its {@code toCompletableFuture()} is cancelled
     * @throws Exception an ordinary failure of the load
     */
    CompletionStage<? extends V> load(K key) throws Exception;

    /**
     * The same, for a loader that needs to know its own flight, for instance to store what it loaded
     * {@linkplain Flight#ifCurrent unless it has been forgotten}. The group calls this one; by default it calls
     * {@link #load(Object)}.
     *
     * @param flight the flight this load belongs to
     * @throws Exception an ordinary failure of the load
     */
    default CompletionStage<? extends V> load(K key, Flight<?, ?> flight) throws Exception {
        return load(key);
    }
}
