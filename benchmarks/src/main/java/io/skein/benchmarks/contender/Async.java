package io.skein.benchmarks.contender;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ways to collapse loads, with asynchronous callers. Where there is one future for all, each caller gets a dependent of it, since a
 * caller must be able to give up without taking the others along.
 */
public enum Async {
    /** Dependents of one future: the least that any of them has to do. Knows one key. */
    BARE("bare") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return new Bare(loader, new AtomicReference<>());
        }
    },
    HAND_MADE("hand-made") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return HandMadeAsync.create(loader);
        }
    },
    SKEIN("skein") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return OnGroupAsync.create(loader);
        }
    },
    COALESCED("@Coalesced") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return CoalescedAsync.create(loader);
        }
    },
    CAFFEINE_ASYNC("caffeine async") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return CaffeineFutures.isolated(loader);
        }

        @Override
        public AsyncContender plain(Function<String, CompletableFuture<Object>> loader) {
            return CaffeineFutures.create(loader);
        }
    },
    CACHEABLE_SYNC("@Cacheable sync") {
        @Override
        public AsyncContender over(Function<String, CompletableFuture<Object>> loader) {
            return CacheableAsync.create(loader);
        }

        @Override
        public AsyncContender plain(Function<String, CompletableFuture<Object>> loader) {
            return CacheableAsync.withoutNull(loader);
        }

        @Override
        public String proviso() {
            return ", if allowNullValues is false";
        }
    };

    private final String label;

    Async(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Async::label).toList();
    }

    /** Ours. */
    public boolean isSkein() {
        return this == SKEIN || this == COALESCED;
    }

    public abstract AsyncContender over(Function<String, CompletableFuture<Object>> loader);

    /** As one finds it, where that is another future than the caller's own. */
    public AsyncContender plain(Function<String, CompletableFuture<Object>> loader) {
        return over(loader);
    }

    /** Under which setting {@link #plain} gives that future; empty if under all. */
    public String proviso() {
        return "";
    }

    /** A future of the caller's own. */
    static CompletableFuture<Object> ownOf(CompletableFuture<Object> shared) {
        return shared.thenApply(Function.identity());
    }

    private record Bare(
            Function<String, CompletableFuture<Object>> loader,
            AtomicReference<@Nullable CompletableFuture<Object>> source)
            implements AsyncContender {
        @Override
        public CompletableFuture<Object> load(String key) {
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
}
