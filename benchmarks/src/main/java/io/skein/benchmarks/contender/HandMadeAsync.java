package io.skein.benchmarks.contender;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A map of futures, with a dependent future for each caller. */
record HandMadeAsync(
        Function<String, CompletableFuture<Object>> loader,
        ConcurrentHashMap<String, CompletableFuture<Object>> flights)
        implements AsyncContender {
    static HandMadeAsync create(Function<String, CompletableFuture<Object>> loader) {
        return new HandMadeAsync(loader, new ConcurrentHashMap<>(4_096));
    }

    @Override
    public CompletableFuture<Object> load(String key) {
        var found = flights.get(key);
        if (found != null) {
            return Async.ownOf(found);
        }
        var mine = new CompletableFuture<Object>();
        found = flights.putIfAbsent(key, mine);
        if (found != null) {
            return Async.ownOf(found);
        }
        var unused = loader.apply(key).whenComplete((value, failure) -> {
            flights.remove(key, mine);
            if (failure == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return Async.ownOf(mine);
    }

    @Override
    public boolean forget(String key) {
        return flights.remove(key) != null;
    }
}
