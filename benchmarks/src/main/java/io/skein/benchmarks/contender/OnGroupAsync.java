package io.skein.benchmarks.contender;

import io.skein.AsyncLoader;
import io.skein.Group;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** {@code Group}, with futures. */
record OnGroupAsync(AsyncLoader<String, Object> loader, Group<String, Object> group) implements AsyncContender {
    static OnGroupAsync create(Function<String, CompletableFuture<Object>> loader) {
        return new OnGroupAsync(loader::apply, Group.create("bench"));
    }

    @Override
    public CompletableFuture<Object> load(String key) {
        return group.loadAsync(key, loader);
    }

    @Override
    public boolean forget(String key) {
        return group.forget(key);
    }

    @Override
    public void close() {
        group.close();
    }
}
