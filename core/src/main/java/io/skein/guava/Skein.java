package io.skein.guava;

import static java.util.Objects.requireNonNull;

import com.google.common.cache.CacheLoader;
import com.google.common.cache.CacheLoader.InvalidCacheLoadException;
import com.google.common.cache.LoadingCache;
import com.google.common.util.concurrent.AsyncFunction;
import com.google.common.util.concurrent.ListenableFuture;
import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.ContextLoader;
import io.skein.cache.Loaded;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * From Guava to Skein and back. Code that is written for a {@link LoadingCache} goes on as it is:
 *
 * <pre>{@code
 * CacheLoader<Long, Product> loader = ...; // as it was
 * LoadingCache<Long, Product> products = Skein.asLoadingCache(CoalescingCache.<Long, Product>builder("products")
 *         .ttl(Duration.ofSeconds(30)).maximumSize(10_000)
 *         .contextLoader(Skein.contextLoader(loader))
 *         .build());
 * }</pre>
 *
 * <p>Loaders made here may be called by any thread at any time if those they are made from may.
 */
public final class Skein {
    private Skein() {}

    /**
     * A cache as one of Guava's: a live view, without state of its own, that loads, joins loads and fences as the cache
     * does. Closing the cache is left to whoever built it.
     *
     * <p><b>Failures</b> are told as Guava tells them. What a loader throws is the cause of an {@link
     * ExecutionException} if it is checked, of an {@link com.google.common.util.concurrent.ExecutionError} if it is an
     * {@code Error}, and else of an {@link com.google.common.util.concurrent.UncheckedExecutionException}. So are the
     * cache's own reasons not to have a value, such as {@link io.skein.CallerTimeoutException} or a cache that is closed
     * or has no loader, all of which are unchecked: who calls a {@code LoadingCache} expects nothing else. An {@link
     * InvalidCacheLoadException} is thrown as it is, and also stands for a key under which there is nothing, be it
     * loaded or remembered; {@code getIfPresent} returns null for that.
     *
     * <p><b>Interrupts.</b> A caller that is interrupted, while it waits or while it loads, gets an {@code
     * ExecutionException}, or from {@code getUnchecked} its unchecked kin, with an {@link InterruptedException} as its
     * cause and {@link io.skein.CallerInterruptedException} as the cause of that; its interrupt flag stays set. Guava's
     * own caches do so for the loading thread, and let the waiting ones wait on.
     *
     * <p><b>{@code getAll}</b> loads as that of the cache does. A {@code loadAll} that is not implemented is followed by
     * a {@code get} for each key, for which the cache needs a loader besides its bulk loader.
     *
     * <p><b>{@code refresh}</b> returns at once and logs a failed load. It throws only what is not the load's failure:
     * {@link IllegalStateException} if the cache is closed or has no loader.
     *
     * <p><b>{@code stats}</b> counts as hits what the cache answered at once or with a stale value, remembered absences
     * included, so that {@code hitRate} is {@link io.skein.cache.CacheStats#hitRatio}. Loads that found nothing count
     * as successful.
     *
     * <p><b>{@code size}</b> counts fresh values, one by one. {@code cleanUp} does nothing.
     */
    public static <K, V> LoadingCache<K, V> asLoadingCache(CoalescingCache<K, V> cache) {
        return new LoadingCacheView<>(requireNonNull(cache, "cache"));
    }

    /**
     * Loads as {@link CacheLoader#load} does, on the thread that waits for it.
     *
     * @return a loader that fails with {@link InvalidCacheLoadException} where the given one returns null
     */
    public static <K, V> Loader<K, V> loader(CacheLoader<? super K, V> loader) {
        requireNonNull(loader, "loader");
        return key -> load(loader, key);
    }

    /**
     * Loads as {@link CacheLoader#reload} does where there is a {@linkplain io.skein.cache.LoadContext#previous previous
     * value}, and as {@link CacheLoader#load} where there is none. Waits for the future of {@code reload}; an interrupt,
     * which is how a load is cancelled that nobody waits for any more, cancels that future.
     *
     * @return a loader that fails with what the future failed with, and with {@link InvalidCacheLoadException} where the
     *     given one returns null, no future, or a future of null. The interrupt of another thread, which a future failed
     *     with, stays in its {@link ExecutionException}
     */
    public static <K, V> ContextLoader<K, V> contextLoader(CacheLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return (key, context) -> {
            var previous = context.previous();
            return Loaded.of(previous.isPresent() ? reload(loader, key, previous.get()) : load(loader, key));
        };
    }

    /**
     * Loads as {@link CacheLoader#loadAll} does, on the thread that waits for it. Of loaders that do not implement it,
     * the {@link UnsupportedOperationException} is the failure.
     *
     * @return a loader that fails with {@link InvalidCacheLoadException} where the given one returns null, or a map with
     *     a null key or value; a key may be left out
     */
    public static <K, V> BulkLoader<K, V> bulkLoader(CacheLoader<? super K, V> loader) {
        requireNonNull(loader, "loader");
        return keys -> {
            @SuppressWarnings("unchecked") // keys that were not asked for are the loader's word, as they are in Guava
            var values = (Map<K, V>) loader.loadAll(keys);
            if (values == null) {
                throw invalid(loader, "null from loadAll");
            }
            values.forEach((key, value) -> {
                if (key == null) {
                    throw invalid(loader, "a null key from loadAll");
                }
                requireValue(value, loader, "null from loadAll", key);
            });
            return values;
        };
    }

    /**
     * Loads by a function that answers with Guava's futures. It is called on the leader's thread and must not block.
     *
     * @return a loader whose stages end as those futures do, with the same failures. When nobody waits for a load any
     *     more, and whenever else {@code toCompletableFuture().cancel} is called in time, the future is cancelled, with
     *     an interrupt; nothing else that is done to the stage touches it
     */
    public static <K, V extends @Nullable Object> AsyncLoader<K, V> asyncLoader(
            AsyncFunction<? super K, ? extends V> function) {
        requireNonNull(function, "function");
        return key -> {
            var future = function.apply(key);
            if (future == null) {
                throw new NullPointerException(
                        named(function) + " returned null instead of a ListenableFuture, for key " + Text.quote(key));
            }
            return CompletableView.of(future);
        };
    }

    private static <K, V> V load(CacheLoader<? super K, V> loader, K key) throws Exception {
        return requireValue(loader.load(key), loader, "null from load", key);
    }

    private static <K, V> V reload(CacheLoader<K, V> loader, K key, V previous) throws Exception {
        var future = requireValue(loader.reload(key, previous), loader, "null instead of a future from reload", key);
        return requireValue(await(future), loader, "a future of null from reload", key);
    }

    private static <V> V await(ListenableFuture<V> future) throws InterruptedException, ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause == null || cause instanceof InterruptedException) {
                throw e; // bare, the interrupt of another thread would look like one of this thread
            }
            throw Sneaky.rethrow(cause);
        }
    }

    private static <T> T requireValue(@Nullable T answer, CacheLoader<?, ?> loader, String what, Object key) {
        if (answer == null) {
            throw invalid(loader, what + ", for key " + Text.quote(key));
        }
        return answer;
    }

    private static InvalidCacheLoadException invalid(CacheLoader<?, ?> loader, String what) {
        return new InvalidCacheLoadException(named(loader) + " returned " + what);
    }

    private static String named(Object function) {
        return function.getClass().getName();
    }
}
