package io.skein.cache;

import io.skein.AsyncLoader;
import io.skein.Loader;
import org.jspecify.annotations.Nullable;

/** Where values come from: one of the kinds of loaders a user may give. */
sealed interface Source<K, V> {

    /** Asked on a thread that waits for the answer. */
    @FunctionalInterface
    non-sealed interface Blocking<K, V> extends Source<K, V> {
        @Nullable
        Loaded<V> ask(K key, Load<K, V> load) throws Exception;
    }

    /** Answers with a future. */
    record Async<K, V>(AsyncLoader<? super K, ? extends @Nullable V> loader) implements Source<K, V> {}

    static <K, V> Source<K, V> of(Loader<? super K, ? extends @Nullable V> loader) {
        return (Blocking<K, V>) (key, load) -> Loaded.of(loader.load(key, load.flight()));
    }

    static <K, V> Source<K, V> of(ContextLoader<K, V> loader) {
        return (Blocking<K, V>) loader::load;
    }
}
