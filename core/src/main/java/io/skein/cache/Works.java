package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Group;
import io.skein.LoadRejectedException;
import io.skein.event.StaleReason;
import io.skein.internal.Text;
import io.skein.write.behind.Buffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the classes of one cache share.
 *
 * @param buffer of what is to be written behind, if anything is
 * @param sharing with other JVMs, if there is a second tier
 * @param permits of {@code maxLoads}, if it is set
 * @param thrownByLoaders what looks like a caller's own reason to give up and is not, as when a loader asks another
 *     cache; guarded by itself
 * @param lastComplaint when the log was told last of a refresh that failed, by the system's clock
 */
record Works<K, V>(
        Settings<K, V> settings,
        Group<K, StoredEntry<V>> group,
        Store<K, V> store,
        Tallies tallies,
        @Nullable Buffer<K, V> buffer,
        @Nullable Sharing<K, V> sharing,
        @Nullable Semaphore permits,
        Set<Throwable> thrownByLoaders,
        AtomicLong lastComplaint) {

    Works(
            Settings<K, V> settings,
            Group<K, StoredEntry<V>> group,
            Store<K, V> store,
            Tallies tallies,
            @Nullable Buffer<K, V> buffer,
            @Nullable Sharing<K, V> sharing,
            @Nullable Semaphore permits) {
        this(
                settings,
                group,
                store,
                tallies,
                buffer,
                sharing,
                permits,
                Collections.newSetFromMap(new WeakHashMap<>()),
                new AtomicLong(System.nanoTime() - Refresher.COMPLAINT_EVERY));
    }

    long now() {
        return store.now();
    }

    /**
     * Changes what is stored under a key, in one step with forgetting the load that is in flight: the one way to do so
     * but loading.
     *
     * @return whether there was one
     */
    boolean change(K key, Runnable action) {
        store.noteChange(key);
        return group.forget(key, action);
    }

    /** Stores what was put, and fences the loads before (C2). Waits for the second tier if there is one. */
    void put(K key, StoredEntry<V> draft) {
        if (sharing == null) {
            change(key, () -> store.settle(key, draft.numbered(store.nextNumber())));
        } else {
            sharing.await(sharing.put(key, draft), () -> "store " + Text.of(settings.name(), key));
        }
    }

    /** Removes what is stored under a key, and fences the loads before (C2). Waits for the second tier if there is one. */
    void invalidate(K key) {
        try {
            if (sharing == null) {
                change(key, () -> store.remove(key));
            } else {
                sharing.await(sharing.invalidate(key), () -> "invalidate " + Text.of(settings.name(), key));
            }
        } finally {
            toldInvalidated(key);
        }
    }

    void toldInvalidated(K key) {
        if (settings.listener() != null) {
            settings.listener().invalidated(key);
        }
    }

    /**
     * What the source will hold of a key once all is written, if that is not what it holds now. To be asked by a load after its
     * take-off, before it asks the source.
     */
    @Nullable
    Loaded<V> pending(K key) {
        var slot = buffer == null ? null : buffer.look(key);
        return slot == null
                ? null
                : Loaded.of(settings.copy(requireNonNull(buffer).value(slot)));
    }

    /**
     * Stores what is pending of a key, for those who do not load, when they have found nothing that is fresh: what the source
     * has is older, and they may go there and store it.
     *
     * @param seen what they have found, if anything; what has come since is not replaced
     * @return what is pending; null if nothing is, or a delete that is not remembered
     */
    @Nullable
    StoredEntry<V> recall(K key, @Nullable StoredEntry<V> seen) {
        var slot = buffer == null ? null : buffer.look(key);
        if (slot == null || store.isClosed()) {
            return null;
        }
        var entry = draft(key, Loaded.of(requireNonNull(buffer).value(slot)));
        if (entry.ttl == StoredEntry.NOT_KEPT) {
            return null;
        }
        change(key, () -> {
            if (buffer.look(key) == slot) {
                store.replace(key, seen, entry.numbered(store.nextNumber()));
            }
        });
        return entry;
    }

    /** Nanoseconds of the ticker; 0 if that fails, since a load that has ended has to land. */
    long since(long then) {
        try {
            return Math.max(0, now() - then);
        } catch (RuntimeException e) {
            return 0;
        }
    }

    /** The entry for what is put, to be given a number. A copy of the value is kept, since the putter has the other. */
    StoredEntry<V> draft(K key, Loaded<V> loaded) {
        return draft(key, loaded, store.tags().era());
    }

    /** The same for what was got since an era of tags. */
    StoredEntry<V> draft(K key, Loaded<V> loaded, Tags.Era since) {
        if (store.isClosed()) {
            throw new IllegalStateException("cache " + quotedName() + " is closed");
        }
        var tags = loaded.tags().isEmpty()
                ? StoredEntry.Details.NO_TAGS
                : store.tags().of(loaded.tags(), since);
        var value = settings.copy(loaded.value());
        return settings.entry(key, value, loaded, tags, loaded.etag().orElse(null), 0, now(), 0);
    }

    /** A caller gets a stale value. */
    void servedStale(K key, StaleReason reason) {
        tallies.staleHits.increment();
        if (settings.listener() != null) {
            settings.listener().stale(key, reason);
        }
    }

    /**
     * Takes one of the permits of {@code maxLoads} for a load of these keys.
     *
     * @throws LoadRejectedException if there is none: a failed load, which is not to be tried again at once
     */
    void acquire(Collection<K> keys) {
        if (permits == null || permits.tryAcquire()) {
            return;
        }
        var refusal = new LoadRejectedException(
                "refused " + Text.of(settings.name(), keys.iterator().next())
                        + ", as many loads are in progress as maxLoads allows: " + settings.maxLoads(),
                null);
        for (K key : keys) {
            var entry = store.look(key);
            if (entry != null) {
                entry.setBack(refusal, now(), settings.retryAfterError());
            }
        }
        throw refusal;
    }

    void release() {
        if (permits != null) {
            permits.release();
        }
    }

    /** Whether a caller of this cache has given up, for a reason of its own. */
    boolean isOwnReason(Throwable failure) {
        if (!(failure instanceof CallerTimeoutException || failure instanceof CallerInterruptedException)) {
            return false;
        }
        synchronized (thrownByLoaders) {
            return !thrownByLoaders.contains(failure);
        }
    }

    void thrownByLoader(Throwable failure) {
        if (failure instanceof CallerTimeoutException || failure instanceof CallerInterruptedException) {
            synchronized (thrownByLoaders) {
                thrownByLoaders.add(failure);
            }
        }
    }

    /** Tells that a load that was to replace an entry has ended. */
    void refreshed(K key, @Nullable Throwable failure) {
        if (failure == null) {
            tallies.refreshes.increment();
        }
        if (settings.listener() != null) {
            settings.listener().refreshed(key, failure);
        }
    }

    /** For messages. */
    String quotedName() {
        return Text.quote(settings.name());
    }
}
