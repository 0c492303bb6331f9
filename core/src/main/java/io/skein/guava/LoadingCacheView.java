package io.skein.guava;

import static java.util.Objects.requireNonNull;

import com.google.common.cache.CacheLoader.InvalidCacheLoadException;
import com.google.common.cache.CacheLoader.UnsupportedLoadingOperationException;
import com.google.common.cache.CacheStats;
import com.google.common.cache.LoadingCache;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.ExecutionError;
import com.google.common.util.concurrent.UncheckedExecutionException;
import io.skein.CallerInterruptedException;
import io.skein.cache.CoalescingCache;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A cache seen as Guava sees caches: everything is asked of the cache, and its answers are told in Guava's terms. */
final class LoadingCacheView<K, V> implements LoadingCache<K, V> {
    private static final System.Logger LOG = System.getLogger(Skein.class.getName());

    private final CoalescingCache<K, V> cache;

    LoadingCacheView(CoalescingCache<K, V> cache) {
        this.cache = cache;
    }

    // Loading

    @Override
    public V get(K key) throws ExecutionException {
        requireNonNull(key, "key");
        @Nullable V value;
        try {
            value = cache.get(key);
        } catch (Throwable e) {
            throw told(e);
        }
        return present(key, value);
    }

    @Override
    public V get(K key, Callable<? extends V> loader) throws ExecutionException {
        requireNonNull(key, "key");
        requireNonNull(loader, "loader");
        @Nullable V value;
        try {
            value = cache.get(key, k -> loader.call());
        } catch (Throwable e) {
            throw told(e);
        }
        return present(key, value);
    }

    @Override
    public V getUnchecked(K key) {
        try {
            return get(key);
        } catch (ExecutionException e) {
            throw new UncheckedExecutionException(e.getCause());
        }
    }

    @Override
    @SuppressWarnings("deprecation") // Guava's, for its Function
    public V apply(K key) {
        return getUnchecked(key);
    }

    @Override
    public ImmutableMap<K, V> getAll(Iterable<? extends K> keys) throws ExecutionException {
        Set<K> distinct = ImmutableSet.copyOf(requireNonNull(keys, "keys"));
        Map<K, V> values;
        try {
            values = cache.getAll(distinct);
        } catch (UnsupportedLoadingOperationException e) {
            return oneByOne(distinct); // what CacheLoader.loadAll promises to those who do not implement it
        } catch (Throwable e) {
            throw told(e);
        }
        for (var key : distinct) {
            present(key, values.get(key));
        }
        return ImmutableMap.copyOf(values);
    }

    private ImmutableMap<K, V> oneByOne(Set<K> keys) throws ExecutionException {
        var values = ImmutableMap.<K, V>builderWithExpectedSize(keys.size());
        for (var key : keys) {
            values.put(key, get(key));
        }
        return values.buildOrThrow();
    }

    @Override
    public void refresh(K key) {
        requireNonNull(key, "key");
        var unused = cache.refresh(key).whenComplete((value, failure) -> {
            if (failure != null) { // nobody else will see it
                LOG.log(
                        Level.WARNING,
                        "refreshing " + Text.of(cache.name(), key) + " failed; what is stored stays",
                        failure);
            }
        });
    }

    // Without loading

    @Override
    public @Nullable V getIfPresent(Object key) {
        requireNonNull(key, "key");
        try {
            return cache.getIfPresent(typed(key));
        } catch (ClassCastException e) {
            if (canBeKey(key)) {
                throw e; // of the user's copier
            }
            return null;
        }
    }

    @Override
    public ImmutableMap<K, V> getAllPresent(Iterable<?> keys) {
        var present = ImmutableMap.<K, V>builder();
        for (var key : ImmutableSet.copyOf(requireNonNull(keys, "keys"))) {
            var value = getIfPresent(key);
            if (value != null) {
                present.put(typed(key), value);
            }
        }
        return present.buildOrThrow();
    }

    @Override
    public void put(K key, V value) {
        cache.put(key, value);
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> values) {
        requireNonNull(values, "values").forEach(this::put);
    }

    @Override
    public void invalidate(Object key) {
        requireNonNull(key, "key");
        if (canBeKey(key)) {
            cache.invalidate(typed(key));
        }
    }

    @Override
    public void invalidateAll(Iterable<?> keys) {
        ImmutableList.copyOf(requireNonNull(keys, "keys")).forEach(this::invalidate);
    }

    @Override
    public void invalidateAll() {
        cache.invalidateAll();
    }

    @Override
    public ConcurrentMap<K, V> asMap() {
        return cache.asMap();
    }

    @Override
    public long size() {
        return cache.asMap().size();
    }

    @Override
    public CacheStats stats() {
        var stats = cache.stats();
        long failures = Math.min(stats.loadFailures(), stats.loads()); // counted while others count on
        return new CacheStats(
                stats.hits() + stats.negativeHits() + stats.staleHits(),
                stats.misses(),
                stats.loads() - failures,
                failures,
                stats.totalLoadTime().toNanos(),
                stats.evictions());
    }

    /** Caffeine, which keeps the entries, does its housekeeping by itself. */
    @Override
    public void cleanUp() {}

    @Override
    public String toString() {
        return cache.toString();
    }

    // In Guava's terms

    /** Returns, or throws, what Guava's callers expect of a call that the cache has answered with this. */
    private static ExecutionException told(Throwable e) {
        if (e instanceof InvalidCacheLoadException invalid) {
            throw invalid;
        }
        // One that a loader throws, which has asked another cache, comes without an interrupt of this thread.
        if (e instanceof CallerInterruptedException && Thread.currentThread().isInterrupted()) {
            var interrupt = new InterruptedException(e.getMessage());
            interrupt.initCause(e);
            return new ExecutionException(interrupt);
        }
        if (e instanceof Error error) {
            throw new ExecutionError(error);
        }
        if (e instanceof RuntimeException) {
            throw new UncheckedExecutionException(e);
        }
        return new ExecutionException(e);
    }

    private V present(K key, @Nullable V value) {
        if (value == null) {
            throw new InvalidCacheLoadException("there is nothing under " + Text.of(cache.name(), key)
                    + ", and a LoadingCache has no way to say so: use getIfPresent, or the cache behind it");
        }
        return value;
    }

    /** An object of another type is no key, and not found; but a cache that knows the types of its keys refuses it. */
    private boolean canBeKey(Object key) {
        try {
            var unused = cache.asMap().containsKey(key);
            return true;
        } catch (ClassCastException e) {
            return false;
        }
    }

    @SuppressWarnings("unchecked") // what is not one equals none that is there
    private K typed(Object key) {
        return (K) key;
    }
}
