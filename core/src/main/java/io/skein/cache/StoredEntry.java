package io.skein.cache;

import io.skein.internal.Sneaky;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a key: a value, nothing, or a failure, and since when. Immutable, except for its {@link Upkeep}.
 * Times are nanoseconds of the cache's ticker.
 *
 * @param <V> values
 */
@SuppressWarnings("UnusedVariable") // upkeep is used through its handle
final class StoredEntry<V> {
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
    record Details(Tag[] tags, @Nullable String etag, long loadTime, int weight) {
        static final Tag[] NO_TAGS = {};
    }

    /**
     * What has been tried to replace this entry.
     *
     * @param failures so many times in a row it failed
     * @param at when it began, if it is running, else when it failed
     * @param cause how it failed
     */
    private record Upkeep(
            int failures,
            long at,
            boolean running,
            @Nullable Throwable cause) {}

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

    /** The same, made stale at this moment. */
    StoredEntry<V> expired(long now) {
        return new StoredEntry<>(content, number, writtenAt, Math.min(ttl, age(now)), details);
    }

    // How it is kept up

    /**
     * Takes it upon the caller to have it loaded anew. False if somebody else does, or if it failed less than a pause
     * ago.
     *
     * @param longestPause the pause doubles with each failure up to this
     */
    boolean claim(long now, long pause, long longestPause) {
        var current = upkeep;
        if (current != null && (current.running || now - current.at < backoff(current.failures, pause, longestPause))) {
            return false;
        }
        int failures = current == null ? 0 : current.failures;
        return UPKEEP.compareAndSet(this, current, new Upkeep(failures, now, true, null));
    }

    private static long backoff(int failures, long pause, long longestPause) {
        return failures == 0 ? 0 : Math.min(longestPause, pause << Math.min(failures - 1, 16));
    }

    /** The load of the one who claimed it has ended without a failure. */
    void release() {
        upkeep = null;
    }

    /** A load that should have replaced it failed. Told of one failure by many callers, it counts one. */
    void setBack(Throwable cause, long now, long pause) {
        while (true) {
            var current = upkeep;
            if (current != null && current.cause == cause && now - current.at < pause) {
                return;
            }
            int failures = current == null ? 1 : current.failures + 1;
            if (UPKEEP.compareAndSet(this, current, new Upkeep(failures, now, false, cause))) {
                return;
            }
        }
    }

    /** Whether a load failed less than a pause ago, so that none should be tried now. */
    boolean isSetBack(long now, long pause) {
        var current = upkeep;
        return current != null && !current.running && now - current.at < pause;
    }

    /** How many loads have failed in a row. */
    int failures() {
        var current = upkeep;
        return current == null ? 0 : current.failures;
    }
}
