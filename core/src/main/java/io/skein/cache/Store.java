package io.skein.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.write.behind.Buffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The entries, in Caffeine, and the fence around them (C2). It never loads and never waits; whoever stores a loaded
 * value calls {@link #settle} inside {@code Flight.ifCurrent}, whoever changes a key otherwise inside {@code
 * Group.forget(key, action)}.
 *
 * <p><b>Numbers.</b> Every load draws a number when it takes off, every put when it is made, every invalidation of all,
 * of a tag, or of the keys of a bulk call likewise. An entry is dead, as if it were not there, if its number is not
 * above {@code floor}, or below that of one of its tags. An entry with a lower number never takes the place of one with
 * a higher one.
 *
 * <p><b>Extra keys</b> of a bulk call, and leases, have no flight that could be forgotten. They are fenced by {@code lastChanges}:
 * the number of the last invalidation of any key that shares its slot. It is written before the entry goes, and read
 * while the extra entry is put; so whichever comes last, the extra one is not there in the end.
 */
final class Store<K, V> {
    static final int SLOTS = 4_096;
    private static final int RECENT = 8;
    private static final long[] NONE = {};

    private final Settings<K, V> settings;
    private final Tallies tallies;
    private final @Nullable Buffer<K, V> buffer;
    private final Cache<K, StoredEntry<V>> entries;
    private final Policy<K, StoredEntry<V>> policy;
    private final Ticker ticker;
    private final @Nullable Reports reports; // null if nothing is ever evicted
    private final Tags tags = new Tags();
    private final AtomicLong numbers = new AtomicLong();
    private volatile long floor;
    private volatile boolean closed;
    private volatile @Nullable AtomicLongArray lastChanges; // from the first bulk call or lease on
    private volatile @Nullable AtomicReferenceArray<long[]> recentChanges; // of caches with a second tier

    /** @param buffer of what is to be written behind, if anything is */
    Store(Settings<K, V> settings, Tallies tallies, @Nullable Buffer<K, V> buffer) {
        this.settings = settings;
        this.tallies = tallies;
        this.buffer = buffer;
        this.ticker = settings.cheapTicker();
        this.reports = settings.isBounded() ? new Reports() : null;
        var caffeine = Caffeine.newBuilder().ticker(ticker).expireAfter(new Keeping<>(settings, reports));
        if (settings.isBounded()) {
            if (settings.weigher() == null) {
                caffeine.maximumSize(settings.maxWeight());
            } else {
                caffeine.maximumWeight(settings.maxWeight()).weigher((K key, StoredEntry<V> entry) -> entry.weight());
            }
        }
        if (settings.scheduler() != null) {
            caffeine.scheduler(settings.scheduler());
        }
        var builder = caffeine.evictionListener(
                (@Nullable K key, @Nullable StoredEntry<V> entry, RemovalCause cause) -> tallies.evictions.increment());
        var listener = settings.listener();
        if (listener != null) {
            builder.removalListener((@Nullable K key, @Nullable StoredEntry<V> entry, RemovalCause cause) -> {
                if (cause.wasEvicted() && key != null) {
                    listener.evicted(key);
                }
            });
        }
        this.entries = builder.build();
        this.policy = entries.policy();
    }

    /** How long Caffeine keeps entries: as long as they can be of use, fresh or stale. */
    private record Keeping<K, V>(
            Settings<K, V> settings, @Nullable Reports reports) implements Expiry<K, StoredEntry<V>> {
        @Override
        public long expireAfterCreate(K key, StoredEntry<V> entry, long now) {
            if (reports != null) {
                reports.stored();
            }
            return left(entry, now);
        }

        @Override
        public long expireAfterUpdate(K key, StoredEntry<V> entry, long now, long left) {
            return left(entry, now);
        }

        private long left(StoredEntry<V> entry, long now) {
            long left = Math.max(0, settings.kept(entry) - entry.age(now));
            return settings.nearTtl() == 0 ? left : Math.min(left, settings.nearTtl());
        }

        @Override
        public long expireAfterRead(K key, StoredEntry<V> entry, long now, long left) {
            return left;
        }
    }

    long now() {
        return ticker.read();
    }

    // Numbers

    long nextNumber() {
        return numbers.incrementAndGet();
    }

    long lastNumber() {
        return numbers.get();
    }

    Tags tags() {
        return tags;
    }

    boolean isDead(StoredEntry<V> entry) {
        if (entry.number <= floor) {
            return true;
        }
        var details = entry.details;
        if (details != null) {
            for (var tag : details.tags) {
                if (tag.kills(entry.number)) {
                    return true;
                }
            }
        }
        return false;
    }

    // Reading

    /** What is stored under a key and not dead, fresh or stale; read on behalf of a user. */
    @Nullable
    StoredEntry<V> read(K key, long now) {
        var entry = reports != null && reports.isDue(now) ? entries.getIfPresent(key) : policy.getIfPresentQuietly(key);
        return entry == null || isDead(entry) ? null : entry;
    }

    /** The same, without counting as use of the entry. */
    @Nullable
    StoredEntry<V> look(K key) {
        var entry = policy.getIfPresentQuietly(key);
        return entry == null || isDead(entry) ? null : entry;
    }

    /** All that is stored, dead entries too. */
    Map<K, StoredEntry<V>> all() {
        return entries.asMap();
    }

    /** The keys of what is not dead. */
    Set<K> keys() {
        var keys = new HashSet<K>();
        entries.asMap().forEach((key, entry) -> {
            if (!isDead(entry)) {
                keys.add(key);
            }
        });
        return Collections.unmodifiableSet(keys);
    }

    long estimatedSize() {
        return entries.estimatedSize();
    }

    // Writing

    /**
     * Stores what was loaded or put, unless something newer is there: the one way into the store.
     *
     * @param entry if it is not to be kept, or dead already, what is stored before goes all the same: it is older
     */
    void settle(K key, StoredEntry<V> entry) {
        count(entry, entries.asMap().compute(key, (k, old) -> {
            if (old != null && (old.number > entry.number || (entry.isFailure() && isOfUse(old)))) {
                return old;
            }
            return isKept(entry) ? entry : null;
        }));
    }

    private boolean count(StoredEntry<V> entry, @Nullable StoredEntry<V> winner) {
        boolean won = winner == entry;
        if (won) {
            tallies.puts.increment();
        }
        return won;
    }

    /** What may still be served does not give way to a failure. */
    private boolean isOfUse(StoredEntry<V> old) {
        long now = now();
        return !isDead(old) && (old.isFresh(now) || settings.isOfUse(old, now));
    }

    private boolean isKept(StoredEntry<V> entry) {
        return !closed && entry.ttl != StoredEntry.NOT_KEPT && !isDead(entry);
    }

    /**
     * Stores a value that no flight of its key has brought, unless the key was changed after its number was drawn, or the
     * source does not have all of its writes.
     *
     * @return whether it was stored
     */
    boolean settleExtra(K key, StoredEntry<V> entry) {
        var changes = changes();
        return count(entry, entries.asMap().compute(key, (k, old) -> {
            if (isPending(key) // first: before a key is not pending any more, its change is noted
                    || changes.get(slot(key)) > entry.number
                    || (old != null && old.number > entry.number)) {
                return old;
            }
            return isKept(entry) ? entry : null;
        }));
    }

    private boolean isPending(K key) {
        return buffer != null && buffer.look(key) != null;
    }

    /** To be called before the number of such a value is drawn: from now on, changes of keys are noted. */
    AtomicLongArray changes() {
        var changes = lastChanges;
        if (changes == null) {
            synchronized (this) {
                changes = lastChanges;
                if (changes == null) {
                    changes = new AtomicLongArray(SLOTS);
                    lastChanges = changes;
                }
            }
        }
        return changes;
    }

    /** To be called before anything is loaded if {@link #isChangedBetween} is to be asked: that needs more than the last change. */
    void noteRecentChanges() {
        changes();
        recentChanges = new AtomicReferenceArray<>(SLOTS);
    }

    /** To be called before a key is changed otherwise than by a load. */
    void noteChange(K key) {
        var changes = lastChanges;
        if (changes == null) {
            return;
        }
        int slot = slot(key);
        long number = nextNumber();
        var recent = recentChanges;
        if (recent != null) {
            recent.accumulateAndGet(slot, new long[] {number}, Store::latest);
        }
        changes.accumulateAndGet(slot, number, Math::max);
    }

    private static long[] latest(long @Nullable [] before, long[] one) {
        var old = before == null ? NONE : before;
        var all = new long[Math.min(RECENT, old.length + 1)];
        // The lowest goes, whoever came last.
        System.arraycopy(old, old.length - all.length + 1, all, 1, all.length - 1);
        all[0] = old.length == RECENT ? Math.max(old[0], one[0]) : one[0];
        Arrays.sort(all);
        return all;
    }

    /** Whether the key may have been changed after the first number was drawn, and before the second. */
    boolean isChangedBetween(K key, long number, long later) {
        var changes = lastChanges;
        var recent = recentChanges;
        int slot = slot(key);
        if (number >= later || changes == null || recent == null || changes.get(slot) <= number) {
            return false;
        }
        var all = requireNonNull(recent.get(slot), "noted before");
        boolean isFull = all.length == RECENT; // there may have been others
        for (long change : all) {
            if (change > number && change <= later) {
                return true;
            }
            isFull &= change > number;
        }
        return isFull;
    }

    /** Where the changes of a key are noted; others may be noted there, too. */
    int slot(K key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }

    void remove(K key) {
        entries.invalidate(key);
    }

    /** Removes what is stored, and returns it if it was not dead. */
    @Nullable
    StoredEntry<V> take(K key) {
        var entry = entries.asMap().remove(key);
        return entry == null || isDead(entry) ? null : entry;
    }

    /** Removes this entry, if it is still the one that is stored. */
    boolean remove(K key, StoredEntry<V> entry) {
        return entries.asMap().remove(key, entry);
    }

    /** Puts an entry in the place of the one that was seen; null if there was none. False if another is there. */
    boolean replace(K key, @Nullable StoredEntry<V> seen, StoredEntry<V> entry) {
        var winner = entries.asMap().compute(key, (k, old) -> {
            boolean same = old == seen || (seen == null && old != null && isDead(old));
            return same ? (closed ? null : entry) : old;
        });
        count(entry, winner);
        return winner == entry || (closed && winner == null);
    }

    /** Makes what is stored stale, or removes it if stale values are not kept. */
    void expire(K key) {
        entries.asMap().computeIfPresent(key, (k, old) -> {
            var expired = old.expired(now());
            return old.hasValue() && settings.keptStale() > 0 ? expired : null;
        });
    }

    /** Kills everything that took off before this call, in flight or stored. */
    void raiseFloor() {
        long number = nextNumber();
        synchronized (this) {
            floor = Math.max(floor, number);
        }
    }

    /** Gives the memory of dead entries back. */
    void sweep() {
        entries.asMap().values().removeIf(this::isDead);
    }

    /** Removes everything, and takes nothing any more. */
    void close() {
        closed = true; // before: what is stored later sees it
        entries.invalidateAll();
    }

    boolean isClosed() {
        return closed;
    }
}
