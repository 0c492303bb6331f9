package io.skein.write;

/**
 * Writes to the slow source what a cache is told to write. May be called by many threads at once, but for one key only by one
 * at a time, in the order of the calls of the cache.
 *
 * <p>What it throws, the caller of the cache gets; then nobody knows what the source holds, and the cache forgets the key. It
 * must not write the key it is called for through the cache again, which would wait for itself.
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
}
