package io.skein.spring.cache;

import io.skein.cache.Lease;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * A cache that can be told more than Spring tells: which results to keep, when it has them, while those that wait get all
 * of them; and what was found missing before a value was got.
 */
interface Choosy extends Cache {
    /** Keeps every result. */
    Predicate<@Nullable Object> EVERYTHING = result -> true;

    <T> @Nullable T get(Object key, Callable<T> valueLoader, Predicate<@Nullable Object> isKept);

    <T> CompletableFuture<T> retrieve(
            Object key, Supplier<CompletableFuture<T>> valueLoader, Predicate<@Nullable Object> isKept);

    /** Like {@link #get(Object)}, for callers that take a lease themselves. */
    @Nullable
    ValueWrapper find(Object key);

    /** To be taken when a key was found missing, before its value is got. */
    Lease<Object> lease(Object key);

    /** Stores what was got since the lease was taken, unless the key was changed meanwhile, or it may not be kept. */
    void putMissed(Object key, @Nullable Object value, Lease<Object> lease);
}
