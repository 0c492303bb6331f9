package io.skein.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ContextLoader} that does not block.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface AsyncContextLoader<K, V> {
    /**
     * Starts loading the value of a key. It must not block: the caller that leads the flight waits for it.
     *
     * @return a stage that ends with the answer, where null is the same as {@link Loaded#absent}, or with the failure
     *     every caller of this flight gets. When nobody waits for it any more, its {@code toCompletableFuture()} is
     *     cancelled
     * @throws Exception an ordinary failure of the load
     */
    CompletionStage<? extends @Nullable Loaded<V>> load(K key, LoadContext<K, V> context) throws Exception;
}
