package io.skein.cache;

import io.skein.AsyncLoader;
import io.skein.Loader;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where values come from: one of the kinds of loaders a user may give. */
@SuppressWarnings("overloads") // lambdas are never given to them
sealed interface Source<K, V> {

    /** Asked on a thread that waits for the answer. */
    @FunctionalInterface
    non-sealed interface Blocking<K, V> extends Source<K, V> {
        @Nullable
        Loaded<V> ask(K key, Load<K, V> load) throws Exception;
    }

    /** Answers with a stage. It is cancelled itself when nobody waits any more, so it is passed on as it is. */
    non-sealed interface Async<K, V> extends Source<K, V> {
        CompletionStage<?> ask(K key, Load<K, V> load) throws Exception;

        /** What the stage ended with means this. */
        @Nullable
        Loaded<V> loaded(@Nullable Object answer);
    }

    static <K, V> Source<K, V> of(Loader<? super K, ? extends @Nullable V> loader) {
        return (Blocking<K, V>) (key, load) -> Loaded.of(loader.load(key, load.flight()));
    }

    static <K, V> Source<K, V> of(ContextLoader<K, V> loader) {
        return (Blocking<K, V>) loader::load;
    }

    static <K, V> Async<K, V> of(AsyncLoader<? super K, ? extends @Nullable V> loader) {
        return new Async<>() {
            @Override
            public CompletionStage<?> ask(K key, Load<K, V> load) throws Exception {
                return loader.load(key, load.flight());
            }

            @Override
            @SuppressWarnings("unchecked") // the loader's
            public Loaded<V> loaded(@Nullable Object answer) {
                return Loaded.of((V) answer);
            }
        };
    }

    static <K, V> Async<K, V> of(AsyncContextLoader<K, V> loader) {
        return new Async<>() {
            @Override
            public CompletionStage<?> ask(K key, Load<K, V> load) throws Exception {
                return loader.load(key, load);
            }

            @Override
            @SuppressWarnings("unchecked") // the loader's
            public @Nullable Loaded<V> loaded(@Nullable Object answer) {
                return (Loaded<V>) answer;
            }
        };
    }
}
