package io.skein.spring.cache;

import io.skein.FlightException;
import io.skein.cache.CoalescingCache;
import io.skein.cache.EntryState;
import io.skein.cache.Lease;
import io.skein.cache.Loaded;
import io.skein.internal.Sneaky;
import io.skein.internal.Stages;
import io.skein.internal.Text;
import io.skein.spring.LoadGuard;
import io.skein.spring.Managed;
import io.skein.tier.TierException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperationInvoker.ThrowableWrapper;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * A {@link CoalescingCache} as Spring sees it. Everything that removes or replaces a value fences (C2): a load that is
 * under way is not stored afterwards. That holds for a value too that Spring gets from a method after it has found none
 * here, and puts: it is not stored if its key was changed in between.
 *
 * <p><b>Null</b> is kept for {@code negative-ttl}, else for {@code ttl}, unless the manager keeps none.
 */
public final class SkeinCache implements Choosy {
    private static final System.Logger LOG = System.getLogger(SkeinCache.class.getName());
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final CoalescingCache<Object, Object> cache;
    private final LoadGuard guard;
    private final Leases leases = new Leases();
    private final boolean keepsNull;
    private final @Nullable Duration nullTtl;

    SkeinCache(Managed<CoalescingCache<Object, Object>> managed, boolean keepsNull) {
        this.cache = managed.target();
        this.guard = managed.guard();
        this.keepsNull = keepsNull;
        this.nullTtl = !keepsNull || cache.negativeTtl().isPresent()
                ? null
                : cache.ttl().orElse(FOR_EVER);
    }

    @Override
    public String getName() {
        return cache.name();
    }

    @Override
    public CoalescingCache<Object, Object> getNativeCache() {
        return cache;
    }

    // Reading

    @Override
    public @Nullable ValueWrapper get(Object key) {
        var found = find(key);
        if (found == null) {
            leases.take(cache, key);
        }
        return found;
    }

    @Override
    public @Nullable ValueWrapper find(Object key) {
        var value = cache.getIfPresent(key);
        if (value != null) {
            return new SimpleValueWrapper(value);
        }
        return keepsNull && isNull(key) ? new SimpleValueWrapper(null) : null;
    }

    private boolean isNull(Object key) {
        return cache.entry(key)
                .map(entry -> entry.state() == EntryState.NEGATIVE)
                .orElse(false);
    }

    @Override
    @SuppressWarnings("unchecked") // checked just before
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        var value = cache.getIfPresent(key);
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException("the cache '" + getName() + "' holds a "
                    + value.getClass().getName() + " where a " + type.getName() + " is expected");
        }
        return (T) value;
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        return get(key, valueLoader, EVERYTHING);
    }

    @Override
    @SuppressWarnings("unchecked") // whoever asks for a key knows what is under it
    public <T> @Nullable T get(Object key, Callable<T> valueLoader, Predicate<@Nullable Object> isKept) {
        var source = new Source(valueLoader);
        try {
            return (T) cache.getWith(
                    key,
                    (k, context) -> guard.contextLoader((again, same) -> loaded(source.call(), isKept))
                            .load(k, context));
        } catch (Throwable e) { // the cache's own, or what a loader threw, perhaps another caller's
            if (e instanceof FlightException own && source.thrown != e) {
                throw own;
            }
            throw new ValueRetrievalException(key, valueLoader, source.rewrapped(e));
        }
    }

    /** What Spring gives to load with: it wraps what the method throws, which is to be unwrapped for all callers. */
    private static final class Source {
        private final Callable<?> valueLoader;
        private volatile @Nullable Throwable thrown;

        Source(Callable<?> valueLoader) {
            this.valueLoader = valueLoader;
        }

        @Nullable
        Object call() throws Exception {
            try {
                return valueLoader.call();
            } catch (Throwable e) {
                var original = e instanceof ThrowableWrapper wrapper ? wrapper.getOriginal() : e;
                thrown = original;
                throw Sneaky.rethrow(original);
            }
        }

        /** As Spring expects it; a caller that joined another's load gets what that one threw. */
        Throwable rewrapped(Throwable failure) {
            boolean isChecked = failure instanceof Exception && !(failure instanceof RuntimeException);
            boolean isSprings = valueLoader.getClass().getName().startsWith("org.springframework.");
            return isSprings && isChecked ? new ThrowableWrapper(failure) : failure;
        }
    }

    private Loaded<Object> loaded(@Nullable Object value, Predicate<@Nullable Object> isKept) {
        var loaded = value == null ? absent() : Loaded.of(value);
        return isKept.test(value) && keeps(value) ? loaded : loaded.noStore();
    }

    private Loaded<Object> absent() {
        Loaded<Object> absent = Loaded.absent();
        return nullTtl == null ? absent : absent.ttl(nullTtl);
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        var found = get(key);
        return found == null ? null : CompletableFuture.completedFuture(found);
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return retrieve(key, valueLoader, EVERYTHING);
    }

    @Override
    @SuppressWarnings("unchecked") // whoever asks for a key knows what is under it
    public <T> CompletableFuture<T> retrieve(
            Object key, Supplier<CompletableFuture<T>> valueLoader, Predicate<@Nullable Object> isKept) {
        return (CompletableFuture<T>) cache.getWithAsync(
                key,
                (k, context) -> Stages.map(
                        guard.<Object, @Nullable Object>asyncLoader(again -> stage(valueLoader))
                                .load(k),
                        value -> loaded(value, isKept),
                        LOG));
    }

    static <T> CompletableFuture<T> stage(Supplier<CompletableFuture<T>> valueLoader) {
        try {
            return valueLoader.get();
        } catch (ThrowableWrapper e) {
            return CompletableFuture.failedFuture(e.getOriginal());
        }
    }

    // Writing

    @Override
    public void put(Object key, @Nullable Object value) {
        var lease = leases.give(key);
        try {
            put(key, value, lease);
        } catch (TierException e) {
            if (lease == null) {
                throw e;
            }
            // Of a method that was called because its result was missing, which nothing here is to be in the way of.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cache " + Text.quote(getName()) + " cannot reach what it is shared by, so nothing is stored",
                    e);
        }
    }

    /** @param lease what it has to be stored by, if there is one */
    void put(Object key, @Nullable Object value, @Nullable Lease<Object> lease) {
        checkMayBeKept(value);
        var loaded = value == null ? absent() : Loaded.of(value);
        if (lease == null) {
            cache.put(key, loaded);
        } else if (!lease.put(loaded)) {
            // It cannot be told whether it is older than what changed the key, so nothing is kept.
            cache.invalidate(key);
        }
    }

    @Override
    public Lease<Object> lease(Object key) {
        return cache.lease(key);
    }

    @Override
    public void putMissed(Object key, @Nullable Object value, Lease<Object> lease) {
        if (keeps(value)) {
            lease.put(value == null ? absent() : Loaded.of(value)); // if not, what changed the key is newer
        }
    }

    /** What a put of this thread has to be stored by: from when it found the key missing, else from now on. */
    Lease<Object> leaseToPut(Object key) {
        var taken = leases.give(key);
        return taken == null ? cache.lease(key) : taken;
    }

    boolean keeps(@Nullable Object value) {
        return value != null || keepsNull;
    }

    void checkMayBeKept(@Nullable Object value) {
        if (!keeps(value)) {
            throw new IllegalArgumentException("the cache '" + getName() + "' keeps no null, but was given null");
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        checkMayBeKept(value);
        if (cache.tierStats().isPresent()) {
            return putIfAbsentEverywhere(key, value);
        }
        var lease = cache.lease(key);
        var found = find(key);
        if (found != null) {
            return found;
        }
        if (value == null) {
            return lease.put(absent()) ? null : find(key);
        }
        var present = cache.asMap().putIfAbsent(key, value);
        return present == null ? null : new SimpleValueWrapper(present);
    }

    /** In a cache that is shared: as if it were loaded, which one JVM does at a time. */
    private @Nullable ValueWrapper putIfAbsentEverywhere(Object key, @Nullable Object value) {
        var isOwn = new AtomicBoolean();
        var found = cache.getWith(key, (k, context) -> {
            isOwn.set(true);
            return value == null ? absent() : Loaded.of(value);
        });
        return isOwn.get() ? null : new SimpleValueWrapper(found);
    }

    @Override
    public void evict(Object key) {
        cache.invalidate(key);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        boolean present = find(key) != null;
        cache.invalidate(key);
        return present;
    }

    @Override
    public void clear() {
        cache.invalidateAll();
    }

    @Override
    public boolean invalidate() {
        boolean hadAny = cache.estimatedSize() > 0;
        cache.invalidateAll();
        return hadAny;
    }
}
