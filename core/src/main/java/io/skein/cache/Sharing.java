package io.skein.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.skein.CallerInterruptedException;
import io.skein.Flight;
import io.skein.Group;
import io.skein.internal.Failures;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import io.skein.tier.SharedTier;
import io.skein.tier.TierEvents;
import io.skein.tier.TierException;
import io.skein.tier.TierLease;
import io.skein.tier.TierRegion;
import io.skein.tier.TierStats;
import io.skein.tier.TierValue;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a cache has of its second tier. The store is a near cache then: it holds what was read from the tier while that tells of
 * every change, and, while it does not, for a short time what was loaded.
 *
 * <p><b>No value stays that has been overtaken.</b> Whoever reads a key from the tier has a {@link Watch} on it from before. If the
 * tier tells of a change while the answer is on its way, it is asked again; if it does so later, the flight is forgotten, so that
 * what it brings is not stored and nobody joins it; and later still, what has been stored is removed. What a flight publishes is
 * a change too, told of before it has landed or after: it is not forgotten then, but whoever joins it later than that asks again.
 *
 * <p><b>Changes from here</b> are made in the store before they are made in the tier, so that no load from before is joined, and
 * once more after it, since what has been read in between may be from before.
 */
final class Sharing<K, V> implements TierEvents<K> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());
    private static final int MOST_OTHERS = 10_000;
    private static final Duration OTHERS_KEPT = Duration.ofMinutes(10);

    private final Settings<K, V> settings;
    private final Group<K, StoredEntry<V>> group;
    private final Store<K, V> store;
    private final TierRegion<K, V> region;
    private final ConcurrentHashMap<K, List<Watch>> watches = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Hold> holds = new ConcurrentHashMap<>();
    private final Cache<String, Long> others; // leases that are waited for, and since when
    private final AtomicLongArray undone =
            new AtomicLongArray(Store.SLOTS); // the last changes that the tier may not know of
    final Counts counts = new Counts();

    /** Counts for {@link TierStats}. */
    static final class Counts {
        final LongAdder hits = new LongAdder();
        final LongAdder leases = new LongAdder();
        final LongAdder waits = new LongAdder();
        final LongAdder published = new LongAdder();
        final LongAdder fenced = new LongAdder();
        final LongAdder alone = new LongAdder();
        final LongAdder changes = new LongAdder();
        final LongAdder failures = new LongAdder();
    }

    Sharing(Settings<K, V> settings, Group<K, StoredEntry<V>> group, Store<K, V> store, SharedTier<K, V> tier) {
        this.settings = settings;
        this.group = group;
        this.store = store;
        store.noteRecentChanges();
        this.others = Caffeine.newBuilder()
                .maximumSize(MOST_OTHERS)
                .expireAfterAccess(OTHERS_KEPT)
                .build();
        this.region = requireNonNull(
                tier.open(settings.name(), this),
                () -> "the shared tier opened null for cache " + Text.quote(settings.name()));
    }

    TierRegion<K, V> region() {
        return region;
    }

    /** Calls a method of the region; fails by the future only. */
    <T> CompletableFuture<T> ask(Supplier<? extends CompletionStage<T>> question) {
        try {
            return requireNonNull(question.get(), "the shared tier answered with null")
                    .toCompletableFuture();
        } catch (Throwable e) { // of an engine that should have failed the stage
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * The same for the first that is asked for a key.
     *
     * @throws IllegalArgumentException if the key cannot be named there
     */
    <T> CompletableFuture<T> askFirst(Supplier<? extends CompletionStage<T>> question) {
        try {
            return requireNonNull(question.get(), "the shared tier answered with null")
                    .toCompletableFuture();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    boolean isCoherent() {
        try {
            return region.isCoherent();
        } catch (RuntimeException e) { // of an engine
            failed(e);
            return false;
        }
    }

    TierStats stats() {
        return new TierStats(
                counts.hits.sum(),
                counts.leases.sum(),
                counts.waits.sum(),
                counts.published.sum(),
                counts.fenced.sum(),
                counts.alone.sum(),
                counts.changes.sum(),
                counts.failures.sum(),
                isCoherent());
    }

    /** Nobody here loads any more: what is leased is given up, so that others need not wait. */
    void close() {
        holds.values().forEach(Hold::abort);
        try {
            region.close();
        } finally {
            fireAll();
        }
    }

    private void fireAll() {
        watches.values().forEach(all -> all.forEach(Watch::fire));
    }

    // Watching

    /** @param flight on behalf of which it is watched, if it is for one */
    Watch watch(K key, @Nullable Flight<?, ?> flight) {
        var watch = new Watch(flight);
        watches.compute(key, (k, others) -> {
            var all = new ArrayList<Watch>(others == null ? 1 : others.size() + 1);
            if (others != null) {
                all.addAll(others);
            }
            all.add(watch);
            return List.copyOf(all);
        });
        return watch;
    }

    void unwatch(K key, Watch watch) {
        watches.computeIfPresent(key, (k, all) -> {
            var others = all.stream().filter(other -> other != watch).toList();
            return others.isEmpty() ? null : others;
        });
    }

    // Told by the tier

    @Override
    public void changed(K key) {
        counts.changes.increment();
        store.noteChange(key); // first: who joins a flight from now on may not be content with what it brings
        boolean used = false;
        for (var watch : watches.getOrDefault(key, List.of())) {
            used |= watch.fire();
        }
        if (used) {
            drop(key);
        } else {
            store.remove(key);
        }
    }

    @Override
    public void released(K key) {
        watches.getOrDefault(key, List.of()).forEach(Watch::release);
    }

    @Override
    public void tagInvalidated(String tag) {
        store.tags().invalidate(tag, store.nextNumber());
    }

    @Override
    public void allChanged() {
        try {
            dropAll();
        } finally {
            fireAll();
        }
    }

    /** Removes what is stored here, and forgets the load in flight. */
    void drop(K key) {
        store.noteChange(key);
        group.forget(key, () -> store.remove(key));
    }

    private void dropAll() {
        store.raiseFloor();
        group.forgetAll();
        LoadThreads.sharedPlatform().execute(store::sweep); // not on a thread of the tier's
    }

    // Changing

    /** Changes a key in both tiers. Fails if it is not known to have been changed in the second. */
    CompletableFuture<Void> change(K key, Supplier<? extends CompletionStage<Void>> inTier) {
        drop(key);
        return noted(key, askFirst(inTier)).whenComplete((nothing, failure) -> drop(key));
    }

    CompletableFuture<Void> put(K key, StoredEntry<V> draft) {
        var value = shared(draft.numbered(store.nextNumber()));
        return change(key, () -> value == null ? region.invalidate(key) : region.put(key, value));
    }

    CompletableFuture<Void> invalidate(K key) {
        return change(key, () -> region.invalidate(key));
    }

    /** Of all of these, though one may have no name there. */
    CompletableFuture<Void> invalidateAll(Collection<K> keys) {
        var changes = keys.stream().map(key -> {
            try {
                return invalidate(key);
            } catch (IllegalArgumentException e) {
                return CompletableFuture.<Void>failedFuture(e);
            }
        });
        return CompletableFuture.allOf(changes.toArray(CompletableFuture<?>[]::new));
    }

    /** Fences the loads of a key here and elsewhere, and leaves its value where it is. */
    CompletableFuture<Void> revoke(K key) {
        group.forget(key);
        return noted(key, askFirst(() -> region.revoke(key)));
    }

    /** Notes that the tier may not know of a change. */
    private CompletableFuture<Void> noted(K key, CompletableFuture<Void> change) {
        return change.whenComplete((nothing, failure) -> {
            if (failure != null) {
                undone.accumulateAndGet(store.slot(key), store.nextNumber(), Math::max);
            }
        });
    }

    CompletableFuture<Void> invalidateAll() {
        dropAll();
        return ask(region::invalidateAll).whenComplete((nothing, failure) -> dropAll());
    }

    CompletableFuture<Void> invalidateTag(String tag) {
        tagInvalidated(tag);
        return ask(() -> region.invalidateTag(tag)).whenComplete((nothing, failure) -> tagInvalidated(tag));
    }

    /**
     * Waits until a change is made.
     *
     * @throws TierException if it is not known to be
     * @throws IllegalArgumentException if a key has no name there
     */
    void await(CompletableFuture<Void> change, Supplier<String> what) {
        try {
            change.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallerInterruptedException(
                    "interrupted while the shared tier was to " + what.get() + "; it may do so all the same", e);
        } catch (ExecutionException e) {
            var cause = Failures.ofStage(requireNonNull(e.getCause()));
            if (cause instanceof IllegalArgumentException ofKey) {
                throw ofKey;
            }
            counts.failures.increment();
            throw new TierException("the shared tier did not " + what.get() + ", as far as is known here", cause);
        }
    }

    /** What is to be stored in the tier; null if it is not to be kept. */
    @Nullable
    TierValue<V> shared(StoredEntry<V> entry) {
        if (entry.ttl == StoredEntry.NOT_KEPT || entry.isFailure() || store.isDead(entry)) {
            return null;
        }
        var details = entry.details;
        return new TierValue<>(
                entry.valueOrNull(),
                Duration.ofNanos(entry.ttl),
                Duration.ofNanos(entry.hasValue() ? settings.keptStale() : 0),
                Tag.names(entry.tags()),
                Optional.ofNullable(entry.etag()),
                Duration.ofNanos(details == null ? 0 : details.loadTime));
    }

    // Leases

    /** By which a value may be stored that nobody here has loaded. */
    final class Fence {
        private final K key;
        private final @Nullable TierLease lease; // null if the tier could not be asked

        private Fence(K key, @Nullable TierLease lease) {
            this.key = key;
            this.lease = lease;
        }

        /**
         * Stores a value in the tier, and waits until that is done; while it cannot be relied on, here for a short time.
         *
         * @return whether it was stored
         */
        boolean store(StoredEntry<V> entry) {
            if (store.isClosed()) {
                return false;
            }
            var own = lease;
            if (own != null) {
                var value = shared(entry);
                var done = isFenced(entry) ? Boolean.FALSE : answer(ask(() -> region.publish(own, value)));
                if (done != null) {
                    (done ? counts.published : counts.fenced).increment();
                    if (done) {
                        store.remove(key); // older than what the tier has now
                    }
                    return done && value != null;
                }
            }
            return !isCoherent() && store.settleExtra(key, entry.within(settings.degradedTtl()));
        }

        /** By what is known here, while the tier may not know it. */
        private boolean isFenced(StoredEntry<V> entry) {
            return store.isDead(entry) || undone.get(store.slot(key)) > entry.number;
        }
    }

    /**
     * Waits for the tier.
     *
     * @throws IllegalArgumentException if the key cannot be named there
     */
    Fence fence(K key) {
        return new Fence(key, answer(askFirst(() -> region.fence(key))));
    }

    /** Waits for an answer; null if there is none. */
    private <T> @Nullable T answer(CompletableFuture<T> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            failed(e.getCause());
            return null;
        }
    }

    /** How long it is known that somebody loads under this lease, by the flights of this cache one after the other. */
    long waitedFor(String token) {
        long now = System.nanoTime();
        return now - others.get(token, another -> now);
    }

    /** A lease that somebody here loads under. It is renewed until it is ended here, or its flight is not to be joined any more. */
    final class Hold {
        private final K key;
        private final TierLease lease;
        private final Flight<?, ?> flight;
        private volatile boolean ended;
        private volatile CompletableFuture<Void> pause = new CompletableFuture<>();

        private Hold(K key, TierLease lease, Flight<?, ?> flight) {
            this.key = key;
            this.lease = lease;
            this.flight = flight;
        }

        TierLease lease() {
            return lease;
        }

        /** It is not to be renewed any more. False if it has ended before. */
        boolean end() {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                ended = true;
            }
            holds.remove(lease.token(), this);
            pause.complete(null); // which gives up the timer, and what it holds
            return true;
        }

        /** Gives it up, unless it has ended. */
        void abort() {
            if (end()) {
                Sharing.this.abort(lease);
            }
        }

        private boolean isWanted() {
            return flight.ifCurrent(() -> {});
        }

        private void renewLater() {
            long third = Math.max(1, Settings.nanos(lease.length()) / 3);
            var next = new CompletableFuture<Void>();
            pause = next;
            var unused = next.completeOnTimeout(null, third, TimeUnit.NANOSECONDS)
                    .thenRun(() -> {
                        if (!ended) {
                            LoadThreads.sharedPlatform().execute(this::renew);
                        }
                    });
            if (ended) { // meanwhile
                next.complete(null);
            }
        }

        private void renew() {
            if (ended) {
                return;
            }
            if (!isWanted()) {
                abort();
                return;
            }
            var unused = ask(() -> region.renew(lease)).whenComplete((renewed, failure) -> {
                failed(failure);
                if (failure == null && !Boolean.TRUE.equals(renewed) && end()) {
                    drop(key); // somebody else may be loading by now
                } else if (!ended) {
                    renewLater();
                }
            });
        }
    }

    void abort(TierLease lease) {
        var unused = ask(() -> region.abort(lease)).whenComplete((nothing, failure) -> failed(failure));
    }

    Hold hold(K key, TierLease lease, Flight<?, ?> flight) {
        counts.leases.increment();
        var hold = new Hold(key, lease, flight);
        holds.put(lease.token(), hold);
        hold.renewLater();
        return hold;
    }

    /**
     * Gives up a lease of this cache's own whose load nobody can join any more.
     *
     * @return whether it was one
     */
    boolean abandon(String token) {
        var hold = holds.get(token);
        if (hold == null || hold.isWanted()) {
            return false;
        }
        hold.abort();
        return true;
    }

    /** What the tier cannot do is counted; the callers of a load get its value all the same. */
    void failed(@Nullable Throwable failure) {
        if (failure == null || failure instanceof CancellationException) { // nobody waits for it any more
            return;
        }
        counts.failures.increment();
        var cause = Failures.ofStage(failure);
        var level = cause instanceof TierException ? Level.DEBUG : Level.WARNING;
        LOG.log(level, "the shared tier of cache " + Text.quote(settings.name()) + " failed", cause);
    }
}
