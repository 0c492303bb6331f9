package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Loader} that knows its own flight, for instance to store what it loaded {@linkplain Flight#ifCurrent unless
 * it has been forgotten}.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // a Loader without a flight is just what it is not
public interface FlightLoader<K, V extends @Nullable Object> extends Loader<K, V> {
    @Override
    V load(K key, Flight<?, ?> flight) throws Exception;

    /**
     * Not for such a loader: there is no load without a flight.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    default V load(K key) {
        throw new UnsupportedOperationException("this loader needs a flight: give it to a group");
    }
}
