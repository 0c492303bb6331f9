package io.skein.benchmarks;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.skein.Group;
import io.skein.Loader;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The contenders with blocking callers. All of them load on the thread of the first caller, and each is set up as somebody would who
 * wants nothing from it but collapsed loads: no bound, no expiry, no statistics.
 */
public enum Blocking {
    /** One future for one key: the least that any of them has to do to release waiters. Collapses nothing. */
    BARE("bare") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new Bare(loader, new AtomicBoolean(), new CompletableFuture<>());
        }
    },
    HAND_MADE("hand-made") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new HandMade(loader, new ConcurrentHashMap<>());
        }
    },
    HAND_MADE_PRESIZED("pre-sized") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new HandMade(loader, new ConcurrentHashMap<>(4_096));
        }
    },
    SKEIN("skein") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new Skein(loader::apply, Group.create("bench"));
        }
    },
    CAFFEINE_ASYNC("caffeine async") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new CaffeineAsync(loader, Caffeine.newBuilder().buildAsync());
        }
    },
    GUAVA("guava") {
        @Override
        BlockingContender over(Function<String, Object> loader) {
            return new Guava(loader, CacheBuilder.newBuilder().build());
        }
    };

    private final String label;

    Blocking(String label) {
        this.label = label;
    }

    /** The name in tables. */
    String label() {
        return label;
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Blocking::label).toList();
    }

    abstract BlockingContender over(Function<String, Object> loader);

    private record Bare(Function<String, Object> loader, AtomicBoolean led, CompletableFuture<Object> future)
            implements BlockingContender {
        @Override
        public Object load(String key) {
            if (!led.get() && led.compareAndSet(false, true)) {
                future.complete(loader.apply(key));
            }
            return future.join();
        }
    }

    private record HandMade(
            Function<String, Object> loader, ConcurrentHashMap<String, CompletableFuture<Object>> flights)
            implements BlockingContender {
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
    }

    private record Skein(Loader<String, Object> loader, Group<String, Object> group) implements BlockingContender {
        @Override
        public Object load(String key) {
            return group.load(key, loader);
        }

        @Override
        public boolean hasAboard(int callers) {
            var flights = group.flights();
            return flights.size() == 1 && flights.get(0).callers() == callers;
        }

        @Override
        public void close() {
            group.close();
        }
    }

    private record CaffeineAsync(Function<String, Object> loader, AsyncCache<String, Object> cache)
            implements BlockingContender {
        /** Not {@code get(key, loader)}: with an executor that runs it here, that loads under the lock of the table's bin. */
        @SuppressWarnings("ReferenceEquality") // whether the future in the cache is this very one
        @Override
        public Object load(String key) {
            var mine = new CompletableFuture<Object>();
            var shared = cache.get(key, (missing, executor) -> mine);
            if (shared == mine) {
                try {
                    mine.complete(loader.apply(key));
                } catch (Throwable e) {
                    mine.completeExceptionally(e);
                }
            }
            return shared.join();
        }

        @Override
        public void drop(String key) {
            cache.asMap().remove(key);
        }
    }

    private record Guava(Function<String, Object> loader, Cache<String, Object> cache) implements BlockingContender {
        @Override
        public Object load(String key) {
            try {
                return cache.get(key, () -> loader.apply(key));
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void drop(String key) {
            cache.invalidate(key);
        }
    }
}
