package io.skein.cache;

import org.jspecify.annotations.Nullable;

/**
 * Asks the slow source for the value of a key, knowing what is stored already, and answers with how long that may be
 * kept. Blocks until it has it.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface ContextLoader<K, V> {
    /**
     * Loads the value of a key.
     *
     * <p>It should respond to interrupts: that is how a load is cancelled when nobody waits for it any more.
     *
     * @return the answer; null is the same as {@link Loaded#absent}
     * @throws Exception whatever it likes: every caller of this load gets the same exception
     */
    @Nullable
    Loaded<V> load(K key, LoadContext<K, V> context) throws Exception;
}
