package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * {@code AsyncCache}, with futures.
 *
 * @param each makes the caller's future of the one in the cache
 */
record CaffeineFutures(
        Function<String, CompletableFuture<Object>> loader,
        AsyncCache<String, Object> cache,
        UnaryOperator<CompletableFuture<Object>> each)
        implements AsyncContender {
    /** As it is: all callers have the same future. */
    static CaffeineFutures create(Function<String, CompletableFuture<Object>> loader) {
        return new CaffeineFutures(loader, Caffeine.newBuilder().buildAsync(), UnaryOperator.identity());
    }

    /** A dependent future for each caller. */
    static CaffeineFutures isolated(Function<String, CompletableFuture<Object>> loader) {
        return new CaffeineFutures(loader, Caffeine.newBuilder().buildAsync(), Async::ownOf);
    }

    @Override
    public CompletableFuture<Object> load(String key) {
        return each.apply(cache.get(key, (missing, executor) -> loader.apply(missing)));
    }

    @Override
    public boolean forget(String key) {
        return cache.asMap().remove(key) != null;
    }
}
