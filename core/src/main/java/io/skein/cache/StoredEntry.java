package io.skein.cache;

import io.skein.internal.Sneaky;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a key: a value, nothing, or a failure, and since when. Immutable, except for its {@link Upkeep}.
 * Times are nanoseconds of the cache's ticker.
 *
 * @param <V> values
 */
@SuppressWarnings("UnusedVariable") // upkeep is used through its handle
class StoredEntry<V> {
    /** The time to live of what never expires; long enough, and sums with it do not overflow. */
    static final long FOR_EVER = Long.MAX_VALUE / 4;

    /** The time to live of what is for the callers of its load only. */
    static final long NOT_KEPT = -1;

    private static final VarHandle UPKEEP;

    static {
        try {
            UPKEEP = MethodHandles.lookup().findVarHandle(StoredEntry.class, "upkeep", Upkeep.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What few entries have. */
    static final class Details {
        static final Tag[] NO_TAGS = {};

        final Tag[] tags;
        final @Nullable String etag;
        final long loadTime;
        final int weight;

        Details(Tag[] tags, @Nullable String etag, long loadTime, int weight) {
            this.tags = tags;
            this.etag = etag;
            this.loadTime = loadTime;
            this.weight = weight;
        }
    }

    /**
     * What has been tried to replace this entry.
     *
     * @param failures so many times in a row it failed
     * @param at when it failed, if no claim stands
     * @param cause how it failed
     */
    private record Upkeep(
            int failures, Claim claim, long at, @Nullable Throwable cause) {}

    /**
     * Whether somebody has taken it upon himself to have the entry loaded anew.
     *
     * <pre>
     *   NONE ──claim──▶ MADE ──started──▶ STARTED
     *    ▲                └──────┬──────────┘
     *    └── release, setBack ───┘            STARTED, key not in flight: void, may be claimed again
     * </pre>
     *
     * <p>Moved by compare-and-set of the whole {@link Upkeep}. A release is for the claim it was given and no other, so
     * a late one takes nothing from who has claimed since. A claim always ends: its future does, or its flight has been
     * forgotten and is not found any more. A set-back, of whichever load, ends it too; who then claims joins the flight.
     */
    private enum Claim {
        NONE,
        MADE,
        STARTED
    }

    /** What was read from a second tier. Its number tells when it was read, its age since when it is there. */
    static final class Near<V> extends StoredEntry<V> {
        final String version;

        Near(@Nullable V content, long number, long writtenAt, long ttl, @Nullable Details details, String version) {
            super(content, number, writtenAt, ttl, details);
            this.version = version;
        }
    }

    /** V, null for nothing, or a {@link Failure}. */
    private final @Nullable Object content;

    /** Drawn when its load took off, or when it was put: the fence of clears and tags. */
    final long number;

    final long writtenAt;
    final long ttl;
    final @Nullable Details details;
    private volatile @Nullable Upkeep upkeep;

    StoredEntry(@Nullable Object content, long number, long writtenAt, long ttl, @Nullable Details details) {
        this.content = content;
        this.number = number;
        this.writtenAt = writtenAt;
        this.ttl = ttl;
        this.details = details;
    }

    // What it holds

    /** Whether there is a value, and not nothing or a failure. */
    boolean hasValue() {
        return content != null && !(content instanceof Failure);
    }

    /** The value, or null for nothing; throws the failure. */
    @SuppressWarnings("unchecked") // besides V only what is handled here is ever held
    @Nullable
    V value() {
        if (content instanceof Failure failure) {
            throw Sneaky.rethrow(failure.cause());
        }
        return (V) content;
    }

    /** The value; null for nothing and for failures. */
    @SuppressWarnings("unchecked")
    @Nullable
    V valueOrNull() {
        return content instanceof Failure ? null : (V) content;
    }

    boolean isFailure() {
        return content instanceof Failure;
    }

    @Nullable
    String etag() {
        return details == null ? null : details.etag;
    }

    Tag[] tags() {
        return details == null ? Details.NO_TAGS : details.tags;
    }

    /** As users may see it; the value is given, since it may have to be a copy. */
    CacheEntry<V> view(@Nullable V value, long now) {
        var state = isFailure()
                ? EntryState.FAILED
                : !hasValue() ? EntryState.NEGATIVE : isFresh(now) ? EntryState.FRESH : EntryState.STALE;
        var left = ttl >= FOR_EVER ? Long.MAX_VALUE : Math.max(0, ttl - age(now));
        return new CacheEntry<>(
                value,
                state,
                Duration.ofNanos(age(now)),
                Duration.ofNanos(left),
                Tag.names(tags()),
                Optional.ofNullable(etag()));
    }

    int weight() {
        return details == null ? 1 : details.weight;
    }

    // How fresh it is

    /** Not negative: clocks that are only nearly right may run backwards. */
    long age(long now) {
        return Math.max(0, now - writtenAt);
    }

    boolean isFresh(long now) {
        return age(now) < ttl;
    }

    /** The same, as if made by a load or put of this number. */
    StoredEntry<V> numbered(long newNumber) {
        return new StoredEntry<>(content, newNumber, writtenAt, ttl, details);
    }

    /** The same, as if written at this moment. */
    StoredEntry<V> written(long newNumber, long now) {
        return new StoredEntry<>(content, newNumber, now, ttl, details);
    }

    /** The same, made stale at this moment. */
    StoredEntry<V> expired(long now) {
        return new StoredEntry<>(content, number, writtenAt, Math.min(ttl, age(now)), details);
    }

    /** The same, not to be served as fresh for longer than this. */
    StoredEntry<V> within(long mostTtl) {
        return ttl <= mostTtl ? this : new StoredEntry<>(content, number, writtenAt, mostTtl, details);
    }

    // How it is kept up

    /**
     * Takes it upon the caller to have it loaded anew.
     *
     * @param isInFlight whether its key is being loaded: if not, a started claim of somebody else's is void, since its
     *     load was forgotten
     * @param longestPause the pause after a failure doubles with each up to this
     * @return the claim, to be {@link #started} and {@link #release}d; null if there is another, or if it failed less
     *     than a pause ago
     */
    @Nullable
    Object claim(long now, long pause, long longestPause, BooleanSupplier isInFlight) {
        var current = upkeep;
        if (current != null) {
            long paused = backoff(current.failures, pause, longestPause);
            boolean taken = switch (current.claim) {
                case NONE -> now - current.at < paused;
                case MADE -> true;
                case STARTED -> isInFlight.getAsBoolean();
            };
            if (taken) {
                return null;
            }
        }
        var claim = new Upkeep(current == null ? 0 : current.failures, Claim.MADE, now, null);
        return UPKEEP.compareAndSet(this, current, claim) ? claim : null;
    }

    private static long backoff(int failures, long pause, long longestPause) {
        int doublings = Math.min(failures - 1, 16);
        return failures == 0 ? 0 : pause > longestPause >> doublings ? longestPause : pause << doublings;
    }

    /**
     * The load of a claim is in flight, or has ended.
     *
     * @return the claim, to be released
     */
    Object started(Object claim) {
        var started = new Upkeep(((Upkeep) claim).failures, Claim.STARTED, 0, null);
        return UPKEEP.compareAndSet(this, claim, started) ? started : claim;
    }

    /** The load of this claim has ended without a failure, and this entry may still be there. */
    void release(Object claim) {
        UPKEEP.compareAndSet(this, claim, null);
    }

    /** The same with a failure, unless its load has written that down itself. */
    void release(Object claim, Throwable cause, long now) {
        UPKEEP.compareAndSet(this, claim, new Upkeep(((Upkeep) claim).failures + 1, Claim.NONE, now, cause));
    }

    /** A load that should have replaced it failed. Told of one failure by many callers, it counts one. */
    void setBack(Throwable cause, long now, long pause) {
        while (true) {
            var current = upkeep;
            if (current != null && current.cause == cause && now - current.at < pause) {
                return;
            }
            int failures = current == null ? 1 : current.failures + 1;
            if (UPKEEP.compareAndSet(this, current, new Upkeep(failures, Claim.NONE, now, cause))) {
                return;
            }
        }
    }

    /** Whether a load failed less than a pause ago, so that none should be tried now. */
    boolean isSetBack(long now, long pause) {
        var current = upkeep;
        return current != null && current.claim == Claim.NONE && now - current.at < pause;
    }
}
