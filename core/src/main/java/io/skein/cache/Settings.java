package io.skein.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.Weigher;
import io.skein.event.StaleReason;
import io.skein.internal.CoarseTicker;
import io.skein.internal.Text;
import io.skein.tier.TierAnswer;
import io.skein.tier.TierValue;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CoalescingCacheBuilder} has gathered. Times are nanoseconds, 0 where not set.
 *
 * @param ttl {@link StoredEntry#FOR_EVER} if entries do not expire
 * @param refreshAhead a share of the time to live; 0 if not set, like the other factors
 * @param nearTtl how long what was read from the second tier is kept at the most
 * @param degradedTtl how long what was loaded is fresh at the most while the second tier cannot be relied on
 * @param hasExecutor whether the user has set one, which may run a task where it is given it, or refuse it
 * @param maxWeight {@link #UNLIMITED} if not set; the number of entries if there is no weigher
 */
record Settings<K, V>(
        String name,
        long ttl,
        double ttlJitter,
        double refreshAhead,
        double earlyRefresh,
        long staleWhileRevalidate,
        long staleIfError,
        long retryAfterError,
        long softTimeout,
        long callerTimeout,
        long loadTimeout,
        long negativeTtl,
        long errorTtl,
        Predicate<? super Throwable> errorsToRemember,
        long nearTtl,
        long degradedTtl,
        long maxWeight,
        @Nullable Weigher<? super K, ? super V> weigher,
        int maxLoads,
        @Nullable UnaryOperator<V> copier,
        @Nullable Class<?> keyType,
        @Nullable Class<?> valueType,
        boolean hasExecutor,
        Ticker ticker,
        @Nullable Scheduler scheduler,
        @Nullable Listeners listener) {

    static final long UNLIMITED = Long.MAX_VALUE;

    /** How rarely a refresh ahead is tried while it fails, however often it has failed. */
    private static final int LONGEST_BACKOFF = 64;

    static Duration positive(String setting, Duration value) {
        requireNonNull(value, setting);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }

    /** In nanoseconds, cut to what never passes. */
    static long nanos(Duration value) {
        return value.compareTo(Duration.ofNanos(StoredEntry.FOR_EVER)) > 0 ? StoredEntry.FOR_EVER : value.toNanos();
    }

    /** The ticker, or one that is as good and cheaper where it is the system's. */
    Ticker cheapTicker() {
        return ticker == Ticker.systemTicker() ? CoarseTicker.INSTANCE : ticker;
    }

    /** The entry for what was loaded or put; for nothing if the value is null. */
    StoredEntry<V> entry(
            K key,
            @Nullable V value,
            Loaded<V> how,
            Tag[] tags,
            @Nullable String etag,
            long number,
            long now,
            long loadTime) {
        int weight = 1;
        if (value != null) {
            checkType("value", valueType, value, key);
            weight = weight(key, value);
        }
        boolean plain = tags.length == 0 && etag == null && weigher == null && earlyRefresh == 0;
        var details = plain ? null : new StoredEntry.Details(tags, etag, loadTime, weight);
        return new StoredEntry<>(value, number, now, ttl(value, how), details);
    }

    /** The entry for what was read from a second tier. */
    StoredEntry.Near<V> near(K key, TierAnswer.Found<V> found, TierValue<V> shared, Tag[] tags, long number, long now) {
        var value = shared.value();
        int weight = 1;
        if (value != null) {
            checkType("value", valueType, value, key);
            weight = weight(key, value);
        }
        var etag = shared.etag().orElse(null);
        boolean plain = tags.length == 0 && etag == null && weigher == null && earlyRefresh == 0;
        var details = plain ? null : new StoredEntry.Details(tags, etag, nanos(shared.loadTime()), weight);
        return new StoredEntry.Near<>(
                value, number, now - nanos(found.age()), nanos(shared.ttl()), details, found.version());
    }

    private long ttl(@Nullable V value, Loaded<V> how) {
        if (how.isNoStore()) {
            return StoredEntry.NOT_KEPT;
        }
        if (how.ttl().isPresent()) {
            return nanos(how.ttl().get());
        }
        if (value == null) {
            return negativeTtl == 0 ? StoredEntry.NOT_KEPT : negativeTtl;
        }
        return jitteredTtl();
    }

    /** Weighed here, and not by Caffeine, which would call the user's code under a lock. */
    private int weight(K key, V value) {
        if (weigher == null) {
            return 1;
        }
        int weight = weigher.weigh(key, value);
        if (weight < 0) {
            throw new IllegalArgumentException(
                    "the weigher must not return less than 0, was " + weight + " for " + Text.of(name, key));
        }
        return weight;
    }

    void checkKey(K key) {
        if (key == null) {
            throw new NullPointerException("key is null, for cache " + Text.quote(name));
        }
        checkType("key", keyType, key, key);
    }

    /** What generics do not see where somebody uses raw types. */
    private void checkType(String what, @Nullable Class<?> type, Object object, K key) {
        if (type != null && !type.isInstance(object)) {
            throw new ClassCastException("a " + what + " of cache " + Text.quote(name) + " must be a " + type.getName()
                    + ", was a " + object.getClass().getName() + ", for " + Text.of(name, key));
        }
    }

    /** A value as a caller may have it. */
    @Nullable
    V copy(@Nullable V value) {
        return value == null || copier == null ? value : copier.apply(value);
    }

    boolean isBounded() {
        return maxWeight != UNLIMITED;
    }

    /** The cache's time to live, shortened by chance, lest what was loaded together expires together. */
    long jitteredTtl() {
        if (ttlJitter == 0 || ttl >= StoredEntry.FOR_EVER) {
            return ttl;
        }
        return Math.max(
                1, (long) (ttl * (1 - ttlJitter * ThreadLocalRandom.current().nextDouble())));
    }

    /** How long after its time to live a value is kept. */
    long keptStale() {
        return Math.max(staleWhileRevalidate, staleIfError);
    }

    long longestBackoff() {
        return retryAfterError > StoredEntry.FOR_EVER / LONGEST_BACKOFF
                ? StoredEntry.FOR_EVER
                : retryAfterError * LONGEST_BACKOFF;
    }

    /** How long an entry is kept, from when it was written. */
    long kept(StoredEntry<?> entry) {
        return entry.hasValue() ? entry.ttl + keptStale() : entry.ttl;
    }

    /** Whether a stale value may be served while it is loaded anew. */
    boolean mayRevalidate(StoredEntry<?> entry, long now) {
        return staleWhileRevalidate != 0 && entry.hasValue() && entry.age(now) < entry.ttl + staleWhileRevalidate;
    }

    /** Whether a value may be served though its load fails. */
    boolean mayStandIn(StoredEntry<?> entry, long now) {
        return staleIfError != 0 && entry.hasValue() && entry.age(now) < entry.ttl + staleIfError;
    }

    /** Why a stale value is to be served at once; null if a load is to be waited for. */
    @Nullable
    StaleReason reasonToServe(StoredEntry<?> stale, long now) {
        if (mayRevalidate(stale, now)) {
            return StaleReason.REVALIDATING;
        }
        return mayStandIn(stale, now) && stale.isSetBack(now, retryAfterError) ? StaleReason.SET_BACK : null;
    }

    /** Whether a value is fresh or may be served though it is not. */
    boolean isOfUse(StoredEntry<?> entry, long now) {
        return entry.hasValue() && (entry.isFresh(now) || mayRevalidate(entry, now) || mayStandIn(entry, now));
    }

    /** Whether a read of this fresh entry has it refreshed. */
    boolean isDueForRefresh(StoredEntry<?> entry, long now) {
        long age = entry.age(now);
        if (entry.ttl >= StoredEntry.FOR_EVER || !entry.hasValue()) {
            return false;
        }
        if (refreshAhead != 0 && age >= refreshAhead * entry.ttl) {
            return true;
        }
        var details = entry.details;
        return earlyRefresh != 0
                && details != null
                // Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015
                && -earlyRefresh
                                * details.loadTime
                                * Math.log(1 - ThreadLocalRandom.current().nextDouble())
                        >= entry.ttl - age;
    }
}
