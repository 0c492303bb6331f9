package io.skein.stream;

/**
 * Where an {@link ItemLoader} puts its items.
 *
 * @param <T> items
 */
public interface ItemSink<T> {
    /**
     * Hands an item to all subscribers, those to come among them. Without a codec they all get this object, which must not
     * change any more. Blocks where the subscribers are to be waited for ({@link StreamGroupBuilder#maxItemsAhead}), and
     * does not otherwise.
     *
     * @throws java.util.concurrent.CancellationException if nobody wants items any more, because all subscribers have left, the
     *     time is up or the group is closed; if this thread was interrupted while it waited, its interrupt flag stays set
     * @throws IllegalStateException if there are more items than {@link StreamGroupBuilder#maxItems} allows
     * @throws java.io.UncheckedIOException if the temporary file cannot be written
     */
    void emit(T item);

    /** Whether nobody wants items any more. */
    boolean isCancelled();
}
