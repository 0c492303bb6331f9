package io.skein.stream;

import java.util.concurrent.Flow;

/**
 * Finds a publisher of the items of a key, which is subscribed to once for all who subscribe.
 *
 * @param <K> keys
 * @param <T> items
 */
@FunctionalInterface
public interface PublisherLoader<K, T> {
    /**
     * The publisher, which is subscribed to on this thread, one of the executor.
     *
     * @throws Exception whatever it likes: every subscriber gets it
     */
    Flow.Publisher<? extends T> load(K key) throws Exception;
}
