package io.skein.stream;

/**
 * Emits the items of a key, once for all who subscribe.
 *
 * @param <K> keys
 * @param <T> items
 */
@FunctionalInterface
public interface ItemLoader<K, T> {
    /**
     * Emits everything, and returns: that is the end of the stream.
     *
     * @param sink may be used by other threads, but no longer than this call lasts
     * @throws Exception whatever it likes: every subscriber gets it after what was emitted before
     */
    void load(K key, ItemSink<T> sink) throws Exception;
}
