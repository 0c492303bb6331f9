package io.skein.write;

/**
 * Is given the writes that could not be written to the source, however often it was tried. What it throws is logged, with the
 * key.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface DeadLetters<K, V> {
    /**
     * Is called on the thread that writes, which writes nothing else meanwhile, when the cache has forgotten the value; or on the one
     * that closes the cache.
     */
    void onDeadLetter(DeadLetter<K, V> letter);
}
