package io.skein.spring.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/** A cache that can be told which results to keep, when it has them; those that wait get all of them. */
interface Choosy extends Cache {
    /** Keeps every result. */
    Predicate<@Nullable Object> EVERYTHING = result -> true;

    <T> @Nullable T get(Object key, Callable<T> valueLoader, Predicate<@Nullable Object> isKept);

    <T> CompletableFuture<T> retrieve(
            Object key, Supplier<CompletableFuture<T>> valueLoader, Predicate<@Nullable Object> isKept);
}
