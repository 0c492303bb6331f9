package io.skein.write;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes to the slow source what a cache is told to write. May be called by many threads at once, but for one key only by one
 * at a time, in the order of the calls of the cache.
 *
 * <p>What it throws, the caller of the cache gets; then nobody knows what the source holds, and the cache forgets the key. A
 * cache that writes behind has no such caller: see {@link WriteBehind}.
 *
 * <p>The cache believes what the writer says:
 *
 * <ul>
 *   <li>When it has returned or thrown, the source must not apply the write any more. A write that is applied later, as after a
 *       timeout that the source knows nothing of, leaves an older value in the cache.
 *   <li>When it has returned, readers of the source see the write. In a transaction that is committed later they do not, and
 *       nobody tells the cache of a rollback: there, write to the source directly, and invalidate after the commit.
 * </ul>
 *
 * <p>It must not write through its cache, nor get from it the key that it writes, or one whose loader writes through the cache:
 * it might wait for itself.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface CacheWriter<K, V> {
    /**
     * Writes the value of a key. Blocks until the source has it.
     *
     * @throws Exception if it could not be written, or nobody knows
     */
    void write(K key, V value) throws Exception;

    /**
     * Deletes a key, which may not be there. Blocks until it is gone.
     *
     * @throws Exception if it could not be deleted, or nobody knows
     */
    void delete(K key) throws Exception;

    /**
     * Writes the values of many keys, as a cache wants that writes behind. One statement for all is what writing behind is for;
     * by default each is written on its own, up to the first that fails.
     *
     * @param values in no particular order, unmodifiable
     * @throws PartialWriteException if some have been written, and the writer knows which
     * @throws Exception if none has been written, or nobody knows: all will be tried again
     */
    default void writeAll(Map<K, V> values) throws Exception {
        var done = new HashSet<K>();
        for (var entry : values.entrySet()) {
            try {
                write(entry.getKey(), entry.getValue());
            } catch (Throwable e) {
                throw new PartialWriteException(done, e);
            }
            done.add(entry.getKey());
        }
    }

    /**
     * Deletes many keys: what {@link #writeAll} is to {@link #write}.
     *
     * @param keys in no particular order, unmodifiable
     * @throws PartialWriteException if some have been deleted, and the writer knows which
     * @throws Exception if none has been deleted, or nobody knows: all will be tried again
     */
    default void deleteAll(Set<K> keys) throws Exception {
        var done = new HashSet<K>();
        for (var key : keys) {
            try {
                delete(key);
            } catch (Throwable e) {
                throw new PartialWriteException(done, e);
            }
            done.add(key);
        }
    }
}
