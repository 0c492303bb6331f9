package io.skein.spring.cache;

import io.skein.cache.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A cache whose changes wait until the transaction of their thread has been committed, and are dropped if it is rolled
 * back. Without a transaction they are made at once.
 *
 * <p>Until then the transaction itself does not see the cache where it has changed it: it reads from the source, and
 * keeps nothing, since what it reads may never be committed. A value that was put is dropped, and its key invalidated, if
 * somebody else changes the key before the commit: who was first in the source cannot be told.
 *
 * <p>What Spring wants done at once ({@code @CacheEvict(beforeInvocation = true)}) is done at once, and once more after
 * the commit, since others may have read the old row in between.
 */
final class TransactionAwareCache implements Choosy {
    private final SkeinCache cache;

    TransactionAwareCache(SkeinCache cache) {
        this.cache = cache;
    }

    /** What one transaction is going to change. Belongs to its thread. */
    private final class Changes implements TransactionSynchronization {
        private final Map<Object, Put> puts = new HashMap<>();
        private final Set<Object> evictions = new LinkedHashSet<>();
        private boolean clear;

        boolean concern(Object key) {
            return clear || evictions.contains(key) || puts.containsKey(key);
        }

        void evict(Object key) {
            puts.remove(key);
            evictions.add(key);
        }

        /** What is put for a key that is to be evicted may have been read before the change: it is evicted only. */
        void put(Object key, @Nullable Object value, Lease<Object> lease) {
            if (!clear && !evictions.contains(key)) {
                puts.put(key, new Put(value, lease));
            }
        }

        void clear() {
            puts.clear();
            clear = true;
        }

        /** All of them, though some may fail; these are made once more after completion, if they fail after the commit. */
        private void make() {
            var failures = new ArrayList<RuntimeException>();
            if (clear) {
                clear = !isMade(cache::clear, failures);
            }
            evictions.removeIf(key -> isMade(() -> cache.evict(key), failures));
            puts.entrySet()
                    .removeIf(put -> isMade(
                            () -> cache.put(put.getKey(), put.getValue().value, put.getValue().lease), failures));
            if (!failures.isEmpty()) {
                var first = failures.remove(0);
                failures.forEach(first::addSuppressed);
                throw first;
            }
        }

        private static boolean isMade(Runnable change, List<RuntimeException> failures) {
            try {
                change.run();
                return true;
            } catch (RuntimeException e) { // a tier that others share is out of reach
                failures.add(e);
                return false;
            }
        }

        private void evictWhatWasPut() {
            evictions.addAll(puts.keySet());
            puts.clear();
        }

        /** It is not known here which of them were made before the savepoint. */
        @Override
        public void savepointRollback(Object savepoint) {
            evictWhatWasPut();
        }

        @Override
        public void afterCommit() {
            make();
        }

        /** Makes what others changed in their afterCommit, or everything if one of them failed before it was our turn. */
        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(TransactionAwareCache.this);
            if (status == STATUS_UNKNOWN) { // it may have been committed
                evictWhatWasPut();
            }
            if (status != STATUS_ROLLED_BACK) {
                make();
            }
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(TransactionAwareCache.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(TransactionAwareCache.this, this);
        }
    }

    /** @param lease taken when the key was found missing, else when it was put: whoever changes the key afterwards wins */
    private record Put(@Nullable Object value, Lease<Object> lease) {}

    /** Null without a transaction. */
    private @Nullable Changes changes(boolean create) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()
                || !TransactionSynchronizationManager.isActualTransactionActive()) {
            return null;
        }
        var known = (Changes) TransactionSynchronizationManager.getResource(this);
        if (known == null && create) {
            known = new Changes();
            TransactionSynchronizationManager.bindResource(this, known);
            TransactionSynchronizationManager.registerSynchronization(known);
        }
        return known;
    }

    private boolean isChanged(Object key) {
        var changes = changes(false);
        return changes != null && changes.concern(key);
    }

    @Override
    public String getName() {
        return cache.getName();
    }

    @Override
    public Object getNativeCache() {
        return cache.getNativeCache();
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        return isChanged(key) ? null : cache.get(key);
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        return isChanged(key) ? null : cache.get(key, type);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        return get(key, valueLoader, Choosy.EVERYTHING);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader, Predicate<@Nullable Object> isKept) {
        if (!isChanged(key)) {
            return cache.get(key, valueLoader, isKept);
        }
        try {
            return valueLoader.call();
        } catch (Exception e) {
            throw new ValueRetrievalException(key, valueLoader, e);
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        return isChanged(key) ? null : cache.retrieve(key);
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return retrieve(key, valueLoader, Choosy.EVERYTHING);
    }

    @Override
    public <T> CompletableFuture<T> retrieve(
            Object key, Supplier<CompletableFuture<T>> valueLoader, Predicate<@Nullable Object> isKept) {
        return isChanged(key) ? SkeinCache.stage(valueLoader) : cache.retrieve(key, valueLoader, isKept);
    }

    @Override
    public @Nullable ValueWrapper find(Object key) {
        return isChanged(key) ? null : cache.find(key);
    }

    @Override
    public Lease<Object> lease(Object key) {
        return cache.lease(key);
    }

    @Override
    public void putMissed(Object key, @Nullable Object value, Lease<Object> lease) {
        var changes = changes(true);
        if (changes == null) {
            cache.putMissed(key, value, lease);
        } else if (cache.keeps(value)) {
            changes.put(key, value, lease);
        }
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        cache.checkMayBeKept(value); // after the commit would be too late to complain
        var changes = changes(true);
        if (changes == null) {
            cache.put(key, value);
        } else {
            changes.put(key, value, cache.leaseToPut(key));
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        cache.checkMayBeKept(value);
        var changes = changes(true);
        if (changes == null) {
            return cache.putIfAbsent(key, value);
        }
        var mine = changes.puts.get(key);
        if (mine != null) {
            return new SimpleValueWrapper(mine.value);
        }
        var lease = cache.lease(key);
        var present = find(key);
        if (present == null) {
            changes.put(key, value, lease);
        }
        return present;
    }

    @Override
    public void evict(Object key) {
        var changes = changes(true);
        if (changes == null) {
            cache.evict(key);
        } else {
            changes.evict(key);
        }
    }

    @Override
    public boolean evictIfPresent(Object key) {
        var changes = changes(true);
        if (changes != null) {
            changes.evict(key);
        }
        return cache.evictIfPresent(key);
    }

    @Override
    public void clear() {
        var changes = changes(true);
        if (changes == null) {
            cache.clear();
        } else {
            changes.clear();
        }
    }

    @Override
    public boolean invalidate() {
        var changes = changes(true);
        if (changes != null) {
            changes.clear();
        }
        return cache.invalidate();
    }
}
