package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * Asks the slow source for the value of a key, blocking until it has it.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface Loader<K, V extends @Nullable Object> {
    /**
     * Loads the value of a key.
     *
     * <p>It should respond to interrupts: that is how a load is cancelled when nobody waits for it any more.
     *
     * @return the value; null is a value like any other
     * @throws Exception whatever it likes: every caller of this flight gets the same exception
     */
    V load(K key) throws Exception;

    /**
     * What the group calls. By default it calls {@link #load(Object)}; {@link FlightLoader} is for loaders that need
     * their flight.
     *
     * @param flight the flight this load belongs to
     * @throws Exception whatever it likes: every caller of this flight gets the same exception
     */
    default V load(K key, Flight<?, ?> flight) throws Exception {
        return load(key);
    }
}
