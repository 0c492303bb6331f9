package io.skein.benchmarks.contender;

import java.util.concurrent.CompletableFuture;

/** A way to collapse loads for asynchronous callers, with its loader built in. */
public interface AsyncContender extends AutoCloseable {
    /** The future that a caller gets: one of its own, where nothing else is said. */
    CompletableFuture<Object> load(String key);

    /** Keeps newcomers out of the load of this key; whether there was one. */
    boolean forget(String key);

    @Override
    default void close() {}
}
