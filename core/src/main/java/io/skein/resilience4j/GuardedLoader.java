package io.skein.resilience4j;

import io.skein.Flight;
import io.skein.Loader;
import org.jspecify.annotations.Nullable;

/** A blocking loader under guard; with or without its flight, as it is called. */
record GuardedLoader<K, V extends @Nullable Object>(Guard guard, Loader<K, V> loader) implements Loader<K, V> {

    @Override
    public V load(K key) throws Exception {
        return guard.call(() -> loader.load(key), () -> false, null);
    }

    @Override
    public V load(K key, Flight<?, ?> flight) throws Exception {
        return guard.call(() -> loader.load(key, flight), flight::isCancelled, flight);
    }

    @Override
    public String toString() {
        return guard + " around " + loader;
    }
}
