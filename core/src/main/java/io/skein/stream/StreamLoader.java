package io.skein.stream;

import java.io.OutputStream;

/**
 * Writes the bytes of a key, once for all who read them.
 *
 * @param <K> keys
 */
@FunctionalInterface
public interface StreamLoader<K> {
    /**
     * Writes everything, and returns: that is the end of the stream. What has been written can be read at once; there is no
     * need to flush, to buffer, or to close.
     *
     * <p>Writing fails with an {@link java.io.IOException} as soon as nobody reads any more, the time is up or the group is
     * closed; the thread is interrupted, too. It blocks where the readers are to be waited for ({@link
     * StreamGroupBuilder#maxAhead}), and does not otherwise.
     *
     * @param out may be used by other threads, but no longer than this call lasts
     * @throws Exception whatever it likes: every reader gets it, as the cause of an {@code IOException}, after what was
     *     written before
     */
    void load(K key, OutputStream out) throws Exception;
}
