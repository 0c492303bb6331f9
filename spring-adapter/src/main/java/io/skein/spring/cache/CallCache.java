package io.skein.spring.cache;

import io.skein.LoadCycleException;
import io.skein.cache.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * A cache for one call of a {@code @Cacheable} method. Where Spring asks for a key, calls the method and puts the result,
 * it connects the three: on whatever thread the result arrives, it is stored under the fence (C2). Where Spring has the
 * cache call the method, it keeps what {@code unless} lets through.
 *
 * <p>A method that calls another one with the same key of the same cache has nothing to wait for: the other one is called
 * as if it had no cache, and the result of the outer one is stored.
 */
final class CallCache implements Cache {
    /** What this thread is in the midst of asking for; null most of the time. */
    private static final ThreadLocal<@Nullable Set<Asked>> ASKED = new ThreadLocal<>();

    private final Choosy cache;
    private final Predicate<@Nullable Object> isKept;
    private final List<CallCache> all;
    private volatile @Nullable Missed missed;

    /** @param all those of the call, this one included once it is there */
    CallCache(Choosy cache, Predicate<@Nullable Object> isKept, List<CallCache> all) {
        this.cache = cache;
        this.isKept = isKept;
        this.all = all;
    }

    private record Missed(Object key, Lease<Object> lease) {}

    /** A key whose asynchronous method is being called by this thread. */
    private record Asked(Object cache, Object key) {}

    @Override
    public String getName() {
        return cache.getName();
    }

    @Override
    public Object getNativeCache() {
        return cache.getNativeCache();
    }

    // The cache calls the method

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        try {
            return cache.get(key, valueLoader, isKept);
        } catch (LoadCycleException e) { // from the wait; what the method throws comes as ValueRetrievalException
            try {
                return valueLoader.call();
            } catch (Exception failure) {
                throw new ValueRetrievalException(key, valueLoader, failure);
            }
        }
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        var asked = new Asked(cache.getNativeCache(), key);
        var all = ASKED.get();
        if (all != null && all.contains(asked)) {
            return SkeinCache.stage(valueLoader);
        }
        return cache.retrieve(key, () -> whileAsked(asked, valueLoader), isKept);
    }

    private static <T> CompletableFuture<T> whileAsked(Asked asked, Supplier<CompletableFuture<T>> valueLoader) {
        var known = ASKED.get();
        var all = known == null ? new HashSet<Asked>() : known;
        all.add(asked);
        ASKED.set(all);
        try {
            return valueLoader.get();
        } finally {
            all.remove(asked);
            if (all.isEmpty()) {
                ASKED.remove();
            }
        }
    }

    // Spring calls the method

    @Override
    public @Nullable ValueWrapper get(Object key) {
        var found = cache.find(key);
        if (found == null) {
            all.forEach(one -> one.miss(key)); // of several caches Spring may ask the first only, but puts into each
        }
        return found;
    }

    private void miss(Object key) {
        if (missed == null) {
            missed = new Missed(key, cache.lease(key));
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        var found = get(key);
        return found == null ? null : CompletableFuture.completedFuture(found);
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        var mine = missed;
        if (mine != null && mine.key.equals(key)) {
            cache.putMissed(key, value, mine.lease);
        } else {
            cache.put(key, value);
        }
    }

    // Not for methods

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        return cache.get(key, type);
    }

    @Override
    public void evict(Object key) {
        cache.evict(key);
    }

    @Override
    public void clear() {
        cache.clear();
    }
}
