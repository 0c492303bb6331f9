package io.skein.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A way to collapse loads for asynchronous callers, each of which gets a future of its own. */
interface AsyncContender extends AutoCloseable {
    CompletableFuture<Object> load(String key, Function<String, CompletableFuture<Object>> loader);

    /** Keeps newcomers out of the load of this key. */
    boolean forget(String key);

    @Override
    default void close() {}
}
