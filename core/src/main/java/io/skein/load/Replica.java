package io.skein.load;

import io.skein.AsyncLoader;
import io.skein.Loader;
import org.jspecify.annotations.Nullable;

/** One of the places that can be asked. */
sealed interface Replica<K, V extends @Nullable Object> {
    /** Asked on a thread of its own, which is interrupted when its answer is not wanted any more. */
    record Blocking<K, V extends @Nullable Object>(Loader<? super K, ? extends V> loader) implements Replica<K, V> {}

    /** Answers with a stage, which is cancelled when its answer is not wanted any more. */
    record Async<K, V extends @Nullable Object>(AsyncLoader<? super K, ? extends V> loader) implements Replica<K, V> {}
}
