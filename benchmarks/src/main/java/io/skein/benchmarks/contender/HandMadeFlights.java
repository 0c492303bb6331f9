package io.skein.benchmarks.contender;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A map of futures, as one writes it on a Friday afternoon. */
record HandMadeFlights(Function<String, Object> loader, ConcurrentHashMap<String, CompletableFuture<Object>> flights)
        implements BlockingContender {
    static HandMadeFlights create(Function<String, Object> loader) {
        return new HandMadeFlights(loader, new ConcurrentHashMap<>());
    }

    static HandMadeFlights presized(Function<String, Object> loader) {
        return new HandMadeFlights(loader, new ConcurrentHashMap<>(4_096));
    }

    @Override
    public Object load(String key) {
        var found = flights.get(key);
        if (found != null) {
            return found.join();
        }
        var mine = new CompletableFuture<Object>();
        found = flights.putIfAbsent(key, mine);
        if (found != null) {
            return found.join();
        }
        try {
            var value = loader.apply(key);
            mine.complete(value);
            return value;
        } catch (Throwable e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, mine);
        }
    }

    @Override
    public void drop(String key) {}
}
