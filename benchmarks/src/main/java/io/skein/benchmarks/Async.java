package io.skein.benchmarks;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.skein.Group;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The contenders with asynchronous callers. Where there is one future for all, each caller gets a dependent of it, since a caller must
 * be able to give up without taking the others along.
 */
public enum Async {
    /** Dependents of one future: the least that any of them has to do. Knows one key. */
    BARE("bare") {
        @Override
        AsyncContender create() {
            return new Bare(new AtomicReference<>());
        }
    },
    HAND_MADE("hand-made") {
        @Override
        AsyncContender create() {
            return new HandMade(new ConcurrentHashMap<>(4_096));
        }
    },
    SKEIN("skein") {
        @Override
        AsyncContender create() {
            return new Skein(Group.create("bench"));
        }
    },
    CAFFEINE_ASYNC("caffeine async") {
        @Override
        AsyncContender create() {
            return new CaffeineAsync(Caffeine.newBuilder().buildAsync());
        }
    };

    private final String label;

    Async(String label) {
        this.label = label;
    }

    /** The name in tables. */
    String label() {
        return label;
    }

    abstract AsyncContender create();

    private static CompletableFuture<Object> ownOf(CompletableFuture<Object> shared) {
        return shared.thenApply(Function.identity());
    }

    private record Bare(AtomicReference<@Nullable CompletableFuture<Object>> source) implements AsyncContender {
        @Override
        public CompletableFuture<Object> load(String key, Function<String, CompletableFuture<Object>> loader) {
            var found = source.get();
            if (found == null) {
                found = loader.apply(key);
                source.set(found);
            }
            return ownOf(found);
        }

        @Override
        public boolean forget(String key) {
            return source.getAndSet(null) != null;
        }
    }

    private record HandMade(ConcurrentHashMap<String, CompletableFuture<Object>> flights) implements AsyncContender {
        @Override
        public CompletableFuture<Object> load(String key, Function<String, CompletableFuture<Object>> loader) {
            var found = flights.get(key);
            if (found != null) {
                return ownOf(found);
            }
            var mine = new CompletableFuture<Object>();
            found = flights.putIfAbsent(key, mine);
            if (found != null) {
                return ownOf(found);
            }
            var unused = loader.apply(key).whenComplete((value, failure) -> {
                flights.remove(key, mine);
                if (failure == null) {
                    mine.complete(value);
                } else {
                    mine.completeExceptionally(failure);
                }
            });
            return ownOf(mine);
        }

        @Override
        public boolean forget(String key) {
            return flights.remove(key) != null;
        }
    }

    private record Skein(Group<String, Object> group) implements AsyncContender {
        @Override
        public CompletableFuture<Object> load(String key, Function<String, CompletableFuture<Object>> loader) {
            return group.loadAsync(key, loader::apply);
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

    private record CaffeineAsync(AsyncCache<String, Object> cache) implements AsyncContender {
        @Override
        public CompletableFuture<Object> load(String key, Function<String, CompletableFuture<Object>> loader) {
            return ownOf(cache.get(key, (missing, executor) -> loader.apply(missing)));
        }

        @Override
        public boolean forget(String key) {
            return cache.asMap().remove(key) != null;
        }
    }
}
