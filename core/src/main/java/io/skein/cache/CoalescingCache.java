package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.CallerInterruptedException;
import io.skein.FlightSnapshot;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.LoadTimeoutException;
import io.skein.Loader;
import io.skein.cache.Question.Purpose;
import io.skein.event.StaleReason;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import io.skein.tier.SharedTier;
import io.skein.tier.TierStats;
import io.skein.write.WriteBehindStats;
import io.skein.write.behind.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache that asks its source once per key, however many callers want it, and never serves a value that was loaded
 * before an invalidation.
 *
 * <pre>{@code
 * CoalescingCache<Long, Product> products = CoalescingCache.<Long, Product>builder("products")
 *         .ttl(Duration.ofSeconds(30)).maximumSize(10_000)
 *         .loader(dao::find)
 *         .build();
 * Product product = products.get(42L);
 * }</pre>
 *
 * <p><b>Reading.</b> A fresh value is returned at once, without a lock. Else the caller joins the load that is in flight
 * for this key, or starts one, as with {@link Group}: everything said there of callers, threads, failures and giving up
 * holds here. A loader that returns null says that there is nothing, and so does {@code get} then.
 *
 * <p><b>Writing.</b> {@code put}, {@code invalidate}, {@code expire}, {@code forget} and the writes of {@link #asMap}
 * fence: a load that took off before is not stored, whatever started it, and nobody who calls later joins it. Its
 * callers still get its value. None of them waits for a load.
 *
 * <p><b>Stale values</b> are kept if {@code staleWhileRevalidate} or {@code staleIfError} is set, and served only by
 * {@code get}, {@code getAll} and their asynchronous forms. An invalidated value is never served.
 *
 * <p>Keys need a proper {@code equals} and {@code hashCode}; neither keys nor values may be null. Values are shared by
 * all callers: they should be immutable, or a {@code copier} be set. All methods may be called by any thread at any
 * time.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class CoalescingCache<K, V> implements AutoCloseable {
    private final Settings<K, V> settings;
    private final Group<K, StoredEntry<V>> group;
    private final Store<K, V> store;
    private final Tallies tallies = new Tallies();
    private final @Nullable Sharing<K, V> sharing;
    private final Works<K, V> works;
    private final Refresher<K, V> refresher;
    private final MapView<K, V> map;
    private final @Nullable Source<K, V> source;
    private final @Nullable BulkLoader<K, V> bulk;
    private final @Nullable Writes<K, V> writes;
    private final boolean refreshes;
    private final boolean elsewhere;

    /**
     * @param elsewhere whether blocking loads run on the executor
     * @param buffer opens what holds writes that are to be written behind; null if none are
     * @param writes makes what writes to the source; null if nothing does
     * @param tier shared with other JVMs, if there is one
     */
    CoalescingCache(
            Settings<K, V> settings,
            GroupBuilder<K, StoredEntry<V>> groupBuilder,
            @Nullable Source<K, V> source,
            @Nullable BulkLoader<K, V> bulk,
            boolean elsewhere,
            @Nullable Supplier<Buffer<K, V>> buffer,
            @Nullable Function<Works<K, V>, Writes<K, V>> writes,
            @Nullable SharedTier<K, V> tier) {
        this.settings = settings;
        this.elsewhere = elsewhere;
        this.refreshes = settings.refreshAhead() != 0 || settings.earlyRefresh() != 0;
        this.group = groupBuilder.build();
        var opened = buffer == null ? null : buffer.get(); // the last of all that may fail
        this.store = new Store<>(settings, tallies, opened);
        this.sharing = tier == null ? null : new Sharing<>(settings, group, store, tier);
        this.works = new Works<>(
                settings,
                group,
                store,
                tallies,
                opened,
                sharing,
                settings.maxLoads() == 0 ? null : new Semaphore(settings.maxLoads()));
        this.writes = writes == null ? null : writes.apply(works);
        this.refresher = new Refresher<>(works);
        this.map = new MapView<>(works);
        this.bulk = bulk;
        this.source = source == null && bulk != null ? BulkCall.one(works, bulk) : source;
    }

    /**
     * A builder of caches.
     *
     * @param name names the cache in messages, thread names and metrics
     * @throws IllegalArgumentException if the name is blank
     */
    public static <K, V> CoalescingCacheBuilder<K, V> builder(String name) {
        return new CoalescingCacheBuilder<>(name);
    }

    /** The name this cache was created with. */
    public String name() {
        return settings.name();
    }

    /** How long a value is fresh if it does not say otherwise, jitter apart; empty if for ever. */
    public Optional<Duration> ttl() {
        return settings.ttl() >= StoredEntry.FOR_EVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(settings.ttl()));
    }

    /** How long it is remembered that there is nothing under a key, if it is. */
    public Optional<Duration> negativeTtl() {
        return settings.negativeTtl() == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(settings.negativeTtl()));
    }

    // Reading

    /**
     * The value of a key, by the loader of this cache if need be. Blocks until it is loaded, unless there is a fresh
     * value, or a stale one that may be served.
     *
     * @return the value; null if there is nothing under the key
     * @throws io.skein.CallerInterruptedException if this thread was interrupted while it waited, or while it ran the
     *     load; its interrupt flag stays set
     * @throws io.skein.CallerTimeoutException if this caller waited longer than {@code callerTimeout}
     * @throws io.skein.LoadTimeoutException if the load ran longer than {@code loadTimeout}
     * @throws io.skein.LoadRejectedException if as much is in progress as {@code maxLoads}, {@code maxFlights} or {@code
     *     maxCallersPerFlight} allow
     * @throws io.skein.LoadCycleException if the load would wait for itself
     * @throws NullPointerException if the key is null
     * @throws IllegalStateException if the cache is closed or has no loader
     */
    public @Nullable V get(K key) {
        settings.checkKey(key);
        long now = store.now();
        var entry = store.read(key, now);
        if (entry != null && entry.isFresh(now)) {
            return hit(key, entry, source, now);
        }
        return shown(missed(key, entry, source()));
    }

    /**
     * Like {@link #get(Object)}, with a loader of this call's own.
     *
     * @return the value; null if there is nothing under the key
     */
    public @Nullable V get(K key, Loader<? super K, ? extends @Nullable V> loader) {
        checkLoader(key, loader);
        long now = store.now();
        var entry = store.read(key, now);
        if (entry != null && entry.isFresh(now)) {
            return hit(key, entry, refreshes ? Source.of(loader) : null, now);
        }
        return shown(missed(key, entry, Source.of(loader)));
    }

    /**
     * Like {@link #get(Object)}, without blocking. Of a cache with a blocking loader, loads run on the executor.
     *
     * @return a future of this caller's own: whatever is done to it touches no other caller
     * @throws IllegalStateException if the cache is closed or has no loader
     */
    public CompletableFuture<@Nullable V> getAsync(K key) {
        return getAsync(key, source);
    }

    /**
     * Like {@link #get(Object)}, with a loader of this call's own that says how long, and under which tags, what it
     * loads may be kept.
     *
     * @return the value; null if there is nothing under the key
     */
    public @Nullable V getWith(K key, ContextLoader<K, V> loader) {
        checkLoader(key, loader);
        long now = store.now();
        var entry = store.read(key, now);
        if (entry != null && entry.isFresh(now)) {
            return hit(key, entry, refreshes ? Source.of(loader) : null, now);
        }
        return shown(missed(key, entry, Source.of(loader)));
    }

    /**
     * Like {@link #getAsync(Object)}, with a loader of this call's own that says how long, and under which tags, what
     * it loads may be kept.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<@Nullable V> getWithAsync(K key, AsyncContextLoader<K, V> loader) {
        checkLoader(key, loader);
        return getAsync(key, Source.of(loader));
    }

    /**
     * Like {@link #getAsync(Object)}, with a loader of this call's own.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<@Nullable V> getAsync(K key, AsyncLoader<? super K, ? extends @Nullable V> loader) {
        checkLoader(key, loader);
        return getAsync(key, Source.of(loader));
    }

    /**
     * The value of a key from a load that takes off after this call began: a write that was done before it is seen.
     * What it loads is stored. Never answered with a stale value.
     *
     * @return the value; null if there is nothing under the key
     */
    public @Nullable V getFresh(K key) {
        settings.checkKey(key);
        return shown(question(key, source(), Purpose.FRESH, null).ask());
    }

    /**
     * Like {@link #getFresh(Object)}, with a loader of this call's own.
     *
     * @return the value; null if there is nothing under the key
     */
    public @Nullable V getFresh(K key, Loader<? super K, ? extends @Nullable V> loader) {
        checkLoader(key, loader);
        return shown(question(key, Source.of(loader), Purpose.FRESH, null).ask());
    }

    /**
     * {@link #getFresh(Object)} without blocking.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<@Nullable V> getFreshAsync(K key) {
        settings.checkKey(key);
        return asked(question(key, source(), Purpose.FRESH, null));
    }

    /**
     * Like {@link #getFreshAsync(Object)}, with a loader of this call's own.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<@Nullable V> getFreshAsync(K key, AsyncLoader<? super K, ? extends @Nullable V> loader) {
        checkLoader(key, loader);
        return asked(question(key, Source.of(loader), Purpose.FRESH, null));
    }

    /**
     * The values of many keys. What is not there is loaded by one call of the {@code bulkLoader}, except for keys that
     * are being loaded already. Without a bulk loader, an asynchronous loader is called for all keys at once, and a
     * blocking one for one key after the other.
     *
     * @param keys duplicates are one
     * @return the values in the order of the keys, unmodifiable; keys under which there is nothing are left out
     * @throws NullPointerException if one of the keys is null; nothing is loaded then
     * @throws IllegalStateException if the cache is closed or has no loader
     */
    public Map<K, V> getAll(Iterable<? extends K> keys) {
        return new GetAll<>(works, refresher, bulk, source(), elsewhere, keys).get();
    }

    /**
     * Like {@link #getAll(Iterable)}, with a loader of this call's own. If a load fails, the failure is thrown once all
     * have ended; the values that could be loaded are in the cache.
     *
     * @return the values in the order of the keys, unmodifiable
     */
    public Map<K, V> getAll(Iterable<? extends K> keys, BulkLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return new GetAll<>(works, refresher, loader, BulkCall.one(works, loader), elsewhere, keys).get();
    }

    /**
     * {@link #getAll(Iterable)} without blocking.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<Map<K, V>> getAllAsync(Iterable<? extends K> keys) {
        return new GetAll<>(works, refresher, bulk, source(), elsewhere, keys).getAsync();
    }

    /**
     * Like {@link #getAllAsync(Iterable)}, with a loader of this call's own.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<Map<K, V>> getAllAsync(Iterable<? extends K> keys, BulkLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return new GetAll<>(works, refresher, loader, BulkCall.one(works, loader), elsewhere, keys).getAsync();
    }

    /**
     * The value of a key if it is there and fresh, or is to be written behind. Loads nothing. With a shared tier, waits for that if it
     * is not near.
     *
     * @return null if it is not
     * @throws IllegalArgumentException if the shared tier has no name for the key
     */
    public @Nullable V getIfPresent(K key) {
        settings.checkKey(key);
        long now = store.now();
        var entry = store.read(key, now);
        if (entry == null || !entry.isFresh(now)) {
            entry = sharing == null ? works.recall(key, entry) : new SharedLook<>(works, sharing, key).now();
        }
        if (entry == null || !entry.isFresh(now)) {
            tallies.misses.increment();
            return null;
        }
        if (!entry.hasValue()) {
            tallies.negativeHits.increment();
            return null;
        }
        tallies.hits.increment();
        return shown(entry);
    }

    /** What is stored under a key, stale values and remembered absences and failures included. Loads nothing. */
    public Optional<CacheEntry<V>> entry(K key) {
        settings.checkKey(key);
        var entry = store.look(key);
        if (entry == null) {
            entry = works.recall(key, entry);
        }
        return entry == null
                ? Optional.empty()
                : Optional.of(entry.view(settings.copy(entry.valueOrNull()), store.now()));
    }

    // Writing

    /**
     * Stores a value. A load of this key that is in flight is not stored any more.
     *
     * @throws NullPointerException if key or value is null; {@link Loaded#absent} says that there is nothing
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void put(K key, V value) {
        settings.checkKey(key);
        checkValue(key, value, "put Loaded.absent() to say that there is nothing, or invalidate the key");
        put(key, Loaded.of(value));
    }

    /**
     * Stores a value with a time to live, tags or an etag of its own; or that there is nothing.
     *
     * @throws IllegalArgumentException if it is {@link Loaded#notModified}
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void put(K key, Loaded<V> loaded) {
        settings.checkKey(key);
        checkIsValue(key, loaded);
        works.put(key, works.draft(key, loaded));
    }

    /**
     * The right to store a value that is about to be got somewhere else, unless its key is changed meanwhile, or is
     * to be written behind. To be taken before the source is read. A {@code get} with a loader does the same, and spares the source callers that
     * come at the same time.
     *
     * <p>With a shared tier, this call and those that store wait for it; what was invalidated anywhere in between is not stored.
     *
     * @throws IllegalArgumentException if the shared tier has no name for the key
     */
    public Lease<V> lease(K key) {
        settings.checkKey(key);
        var era = store.tags().era();
        store.changes();
        long number = store.nextNumber(); // the last of the three: what changes from now on is seen
        var fence = sharing == null ? null : sharing.fence(key);
        return new Lease<>(loaded -> {
            checkIsValue(key, loaded);
            var entry = works.draft(key, loaded, era).numbered(number);
            return fence == null ? store.settleExtra(key, entry) : fence.store(entry);
        });
    }

    /**
     * Loads a value anew, unless that is being done, while callers go on to be served with the one that is there.
     *
     * @return a future of this caller's own with the new value; it may be left alone
     */
    public CompletableFuture<@Nullable V> refresh(K key) {
        settings.checkKey(key);
        return refresh(key, source());
    }

    /**
     * Like {@link #refresh(Object)}, with a loader of this call's own, on the executor.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<@Nullable V> refresh(K key, Loader<? super K, ? extends @Nullable V> loader) {
        checkLoader(key, loader);
        return refresh(key, Source.of(loader));
    }

    /**
     * Makes a value stale: it is not served as fresh any more, but kept, as if its time had come, for {@code
     * staleWhileRevalidate} and {@code staleIfError}. Without these it is removed. A load of this key that is in flight
     * is not stored any more.
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void expire(K key) {
        settings.checkKey(key);
        if (sharing == null) {
            works.change(key, () -> store.expire(key));
        } else {
            works.invalidate(key);
        }
    }

    /**
     * Removes a value. After this call returns, no call that begins later gets a value whose load took off before it
     * (C2).
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void invalidate(K key) {
        settings.checkKey(key);
        works.invalidate(key);
    }

    /**
     * {@link #invalidate} for each of these.
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void invalidateAll(Iterable<? extends K> keys) {
        var all = new ArrayList<K>();
        keys.forEach(key -> {
            settings.checkKey(key);
            all.add(key);
        });
        if (sharing == null) {
            all.forEach(this::invalidate);
        } else {
            try {
                sharing.await(
                        sharing.invalidateAll(all),
                        () -> "invalidate " + all.size() + " keys of cache " + works.quotedName());
            } finally {
                all.forEach(works::toldInvalidated);
            }
        }
    }

    /**
     * {@link #invalidate} for all keys, in one step; then gives the memory of their values back.
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void invalidateAll() {
        try {
            if (sharing != null) {
                sharing.await(sharing.invalidateAll(), () -> "invalidate all of cache " + works.quotedName());
            } else {
                store.raiseFloor();
                group.forgetAll();
            }
        } finally {
            store.sweep();
            toldAll();
        }
    }

    private void toldAll() {
        if (settings.listener() != null) {
            settings.listener().allInvalidated();
        }
    }

    /**
     * {@link #invalidate} for all keys whose value has this tag, and for the loads in flight whose value will turn out
     * to have it, in one step. Takes the same time however many there are (C9). The memory of the values is given back
     * when they are read next, or their time is over.
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void invalidateTag(String tag) {
        requireNonNull(tag, "tag");
        try {
            if (sharing != null) {
                sharing.await(sharing.invalidateTag(tag), () -> "invalidate a tag of cache " + works.quotedName());
            } else {
                store.tags().invalidate(tag, store.nextNumber());
            }
        } finally {
            if (settings.listener() != null) {
                settings.listener().tagInvalidated(tag);
            }
        }
    }

    /**
     * Forgets the load of this key that is in flight: it goes on for the callers it has, but is not stored, and nobody
     * else joins it. What is stored stays.
     *
     * @return whether there was one
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public boolean forget(K key) {
        settings.checkKey(key);
        boolean was = works.change(key, () -> {});
        if (sharing != null) {
            sharing.await(sharing.revoke(key), () -> "forget " + Text.of(name(), key));
        }
        return was;
    }

    // Writing to the source

    /**
     * Writes a value to the source, as the cache was built: {@code writeThrough} then stores it, {@code writeAround} removes
     * what is stored, and {@code writeBehind} stores it and writes it later, in a batch. A load of this key that took off before
     * is not stored any more (C2). Writes and deletes of one key reach the source one after the other, in the order of the
     * calls; those of different keys do not wait for each other.
     *
     * <p>Through and around: blocks until the source has it. The writer runs on this thread. What it throws is thrown, as it is.
     * Nobody knows then what the source holds, so what is stored is removed.
     *
     * <p>Behind: blocks only for room in the buffer, and until it is on disk if there is a journal. A write of a key that has
     * one waiting is merged with it. See {@link io.skein.write.WriteBehind}.
     *
     * @throws io.skein.CallerInterruptedException if this thread was interrupted while it waited for other writes of the key,
     *     for room or for the journal, or while it wrote; its interrupt flag stays set. What waits for the journal will be
     *     written, all else is not
     * @throws io.skein.CallerTimeoutException if it had to wait for other writes of the key for longer than {@code
     *     callerTimeout}; nothing is written. How long the source may take is up to the writer
     * @throws io.skein.WriteRejectedException if there was no room in the buffer within {@code maxWait}, or the journal had failed
     *     before; nothing is written
     * @throws java.io.UncheckedIOException if the journal failed meanwhile: the value is in the cache and the buffer, and will be
     *     written, unless the JVM dies before
     * @throws IllegalStateException if the cache is closed or has no writer, or, through and around, if it is the writer that calls
     *     this
     * @throws NullPointerException if key or value is null
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void write(K key, V value) {
        settings.checkKey(key);
        checkValue(key, value, "delete the key to say that there is nothing");
        writes().write(key, value);
    }

    /**
     * {@link #write} without blocking. Through and around, the writer runs on the executor, which must run what it accepts: what
     * it drops in silence holds up all writes of the key. {@code callerTimeout} does not count. Behind, it does not wait for
     * room: without, its future fails with {@link io.skein.WriteRejectedException}.
     *
     * @return a future of this caller's own, done when {@link #write} would return. Whatever is done to it, the value is
     *     written, unless the executor refuses or the cache is closed before
     */
    public CompletableFuture<Void> writeAsync(K key, V value) {
        settings.checkKey(key);
        checkValue(key, value, "delete the key to say that there is nothing");
        return writes().writeAsync(key, value);
    }

    /**
     * Deletes a key from the source, and then from the cache; {@code writeBehind} the other way round. Through and behind, it is
     * remembered that there is nothing, if the cache has a {@code negativeTtl}. All else is as with {@link #write}.
     *
     * @throws io.skein.tier.TierException if a shared tier, which is waited for, is not known to have done it; what was stored here is gone
     */
    public void delete(K key) {
        settings.checkKey(key);
        writes().delete(key);
    }

    /**
     * {@link #delete} without blocking, as {@link #writeAsync} is {@link #write}.
     *
     * @return a future of this caller's own, done when {@link #delete} would return
     */
    public CompletableFuture<Void> deleteAsync(K key) {
        settings.checkKey(key);
        return writes().deleteAsync(key);
    }

    /**
     * Has all written to the source that was accepted behind the cache before this call, and waits for it, however often it has to
     * be tried. What the source does not take in the end is a dead letter then. Without {@code writeBehind} this does nothing.
     *
     * @throws io.skein.CallerInterruptedException if this thread was interrupted; its interrupt flag stays set, and the writing
     *     goes on
     * @throws IllegalStateException if the cache has no writer, is closed, or is being closed and has not written all in time;
     *     or if it is the writer that calls this
     */
    public void flush() {
        var done = flushAsync();
        try {
            done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallerInterruptedException("interrupted while flushing cache " + works.quotedName(), e);
        } catch (ExecutionException e) {
            throw Sneaky.rethrow(requireNonNull(e.getCause()));
        }
    }

    /**
     * {@link #flush} without blocking.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<Void> flushAsync() {
        return writes().flush();
    }

    /** What is waiting to be written, and what became of the rest; empty if this cache does not write behind. */
    public Optional<WriteBehindStats> writeBehindStats() {
        return writes == null ? Optional.empty() : writes.stats();
    }

    private Writes<K, V> writes() {
        if (writes == null) {
            throw new IllegalStateException("cache " + works.quotedName()
                    + " has no writer: build it with writeThrough, writeBehind or writeAround");
        }
        return writes;
    }

    // Looking and closing

    /**
     * This cache as a map of its fresh values: what is stale or a remembered absence is not in it. Its methods load
     * nothing; its writes fence like those of the cache. Iteration is weakly consistent.
     */
    public ConcurrentMap<K, V> asMap() {
        return map;
    }

    /** What this cache has done so far. */
    public CacheStats stats() {
        return tallies.snapshot();
    }

    /** What this cache has had of its second tier; empty if it has none. */
    public Optional<TierStats> tierStats() {
        return sharing == null ? Optional.empty() : Optional.of(sharing.stats());
    }

    /**
     * Roughly how many entries are stored: stale ones and remembered absences and failures are among them, and such
     * whose time is over or that were invalidated with all or by their tag, until their memory is given back.
     */
    public long estimatedSize() {
        return store.estimatedSize();
    }

    /**
     * The keys of all that is stored: unlike in {@link #asMap}, stale values and remembered absences and failures are
     * among it. Walks through the whole cache; does not count as use of the entries.
     *
     * @return a snapshot, unmodifiable, in no order
     */
    public Set<K> keys() {
        return store.keys();
    }

    /** The loads in flight that can be joined. */
    public List<FlightSnapshot<K>> flights() {
        return group.flights();
    }

    /** The loads that were forgotten, as by an invalidation, and go on for the callers they have. */
    public List<FlightSnapshot<K>> forgottenFlights() {
        return group.forgottenFlights();
    }

    /**
     * Refuses new callers from now on, cancels the loads in flight, releases their callers, and removes all values. Writes
     * that the writer has not been given yet fail; those that it has are not waited for. Closing again does nothing.
     *
     * <p>With {@code writeBehind}, first blocks until all is written, for {@code closeTimeout} at the most, and not ended by an
     * interrupt; until then, the cache can be read.
     */
    @Override
    public void close() {
        try {
            if (writes != null) {
                writes.close();
            }
        } finally {
            try {
                group.close();
                if (sharing != null) {
                    sharing.close();
                }
            } finally {
                store.close();
            }
        }
    }

    /** Tells no keys and no values. */
    @Override
    public String toString() {
        return "CoalescingCache " + works.quotedName() + ", entries: " + estimatedSize() + ", flights: "
                + flights().size();
    }

    // The way of a call

    private @Nullable V hit(K key, StoredEntry<V> entry, @Nullable Source<K, V> from, long now) {
        if (!entry.hasValue()) {
            tallies.negativeHits.increment();
            return entry.value();
        }
        tallies.hits.increment();
        if (refreshes && from != null && settings.isDueForRefresh(entry, now)) {
            refresher.keepUp(key, entry, from, null);
        }
        return shown(entry);
    }

    private StoredEntry<V> missed(K key, @Nullable StoredEntry<V> stale, Source<K, V> from) {
        if (stale == null || !stale.hasValue()) {
            return question(key, from, Purpose.GET, stale).ask();
        }
        var question = atHand(key, stale, from);
        return question == null ? stale : question.ask();
    }

    /** What to ask with a stale value at hand; nothing if it has been served. */
    private @Nullable Question<K, V> atHand(K key, StoredEntry<V> stale, Source<K, V> from) {
        long now = store.now();
        var reason = settings.reasonToServe(stale, now);
        boolean soft = reason == null && settings.softTimeout() != 0 && settings.mayStandIn(stale, now);
        if (soft || reason == StaleReason.REVALIDATING) {
            refresher.keepUp(key, stale, from, null);
        }
        if (reason != null) {
            works.servedStale(key, reason);
            return null;
        }
        var question = question(key, from, Purpose.GET, stale);
        return soft ? question.within(Duration.ofNanos(settings.softTimeout())) : question;
    }

    private CompletableFuture<@Nullable V> getAsync(K key, @Nullable Source<K, V> from) {
        settings.checkKey(key);
        long now = store.now();
        var entry = store.read(key, now);
        if (entry != null && entry.isFresh(now)) {
            return ended(key, entry, from, now);
        }
        var known = from == null ? source() : from;
        if (entry == null || !entry.hasValue()) {
            return asked(question(key, known, Purpose.GET, entry));
        }
        var question = atHand(key, entry, known);
        return question == null ? CompletableFuture.completedFuture(shown(entry)) : asked(question);
    }

    private CompletableFuture<@Nullable V> asked(Question<K, V> question) {
        return CacheFuture.<K, V, @Nullable V>of(question, group.executor(), this::shown);
    }

    private CompletableFuture<@Nullable V> ended(K key, StoredEntry<V> entry, @Nullable Source<K, V> from, long now) {
        try {
            return CompletableFuture.completedFuture(hit(key, entry, from, now));
        } catch (Throwable e) { // a remembered failure
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<@Nullable V> refresh(K key, Source<K, V> from) {
        var question = question(key, from, Purpose.REFRESH, store.look(key)).within(Question.FOR_EVER);
        var future = asked(question);
        var unused = future.whenComplete((value, failure) -> {
            if (failure instanceof LoadTimeoutException && question.hasLed()) {
                works.refreshed(key, failure); // every other end its load tells
            }
        });
        return future;
    }

    private Question<K, V> question(K key, Source<K, V> from, Purpose purpose, @Nullable StoredEntry<V> seen) {
        return new Question<>(works, key, from, purpose, seen);
    }

    private @Nullable V shown(StoredEntry<V> entry) {
        return settings.copy(entry.value());
    }

    private Source<K, V> source() {
        if (source == null) {
            throw new IllegalStateException(
                    "cache " + works.quotedName() + " has no loader: build it with one, or give one with the call");
        }
        return source;
    }

    private void checkIsValue(K key, Loaded<V> loaded) {
        if (loaded.isNotModified()) {
            throw new IllegalArgumentException("notModified is for loaders; put a value, for " + Text.of(name(), key));
        }
    }

    private void checkValue(K key, @Nullable V value, String instead) {
        if (value == null) {
            throw new NullPointerException("value is null, for " + Text.of(name(), key) + ": " + instead);
        }
    }

    private void checkLoader(K key, Object loader) {
        settings.checkKey(key);
        if (loader == null) {
            throw new NullPointerException("loader is null, for " + Text.of(name(), key));
        }
    }
}
