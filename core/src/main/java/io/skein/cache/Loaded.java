package io.skein.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a source answered, and how long and under which tags it may be kept: {@code Loaded.of(page).ttl(maxAge)
 * .etag(etag).tags("brand:7")}. Immutable; every method returns another one.
 *
 * @param <V> values
 */
public final class Loaded<V> {
    private static final Loaded<?> NOTHING = new Loaded<>(null, false, null, Set.of(), null, false);
    private static final Loaded<?> SAME = new Loaded<>(null, true, null, Set.of(), null, false);

    private final @Nullable V value;
    private final boolean notModified;
    private final @Nullable Duration ttl;
    private final Set<String> tags;
    private final @Nullable String etag;
    private final boolean noStore;

    private Loaded(
            @Nullable V value,
            boolean notModified,
            @Nullable Duration ttl,
            Set<String> tags,
            @Nullable String etag,
            boolean noStore) {
        this.value = value;
        this.notModified = notModified;
        this.ttl = ttl;
        this.tags = tags;
        this.etag = etag;
        this.noStore = noStore;
    }

    /** A value. Null is the same as {@link #absent}. */
    public static <V> Loaded<V> of(@Nullable V value) {
        return value == null ? absent() : new Loaded<>(value, false, null, Set.of(), null, false);
    }

    /**
     * There is nothing under this key. Remembered for {@code negativeTtl}, or for a {@linkplain #ttl(Duration) ttl} of
     * its own, if either is set (C6).
     */
    @SuppressWarnings("unchecked") // holds no value
    public static <V> Loaded<V> absent() {
        return (Loaded<V>) NOTHING;
    }

    /**
     * The {@linkplain LoadContext#previous previous} value is still right: it stays, the very same reference, and its
     * time to live starts again (C7). Its tags and etag stay too, unless others are given. A failure of the load if
     * there is no previous value.
     */
    @SuppressWarnings("unchecked") // holds no value
    public static <V> Loaded<V> notModified() {
        return (Loaded<V>) SAME;
    }

    /**
     * How long it is fresh, instead of the cache's {@code ttl} or {@code negativeTtl}. No jitter is applied.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Loaded<V> ttl(Duration newTtl) {
        return new Loaded<>(
                value, notModified, Settings.positive("ttl of a loaded value", newTtl), tags, etag, noStore);
    }

    /** Tags under which it can be {@linkplain CoalescingCache#invalidateTag invalidated}, instead of those before. */
    public Loaded<V> tags(String... newTags) {
        return tags(List.of(newTags));
    }

    /** Tags under which it can be {@linkplain CoalescingCache#invalidateTag invalidated}, instead of those before. */
    public Loaded<V> tags(Collection<String> newTags) {
        return new Loaded<>(value, notModified, ttl, Set.copyOf(newTags), etag, noStore);
    }

    /** What tells the source's versions apart, given to the next load of this key. */
    public Loaded<V> etag(String newEtag) {
        return new Loaded<>(value, notModified, ttl, tags, requireNonNull(newEtag, "etag"), noStore);
    }

    /**
     * For the callers of this load only: it is not stored, and what was stored before under this key goes, since it is
     * older.
     */
    public Loaded<V> noStore() {
        return new Loaded<>(value, notModified, ttl, tags, etag, true);
    }

    /** The value; null where there is nothing, and of {@link #notModified}. */
    public @Nullable V value() {
        return value;
    }

    /** Whether the previous value is still right. */
    public boolean isNotModified() {
        return notModified;
    }

    /** How long it is fresh, if not as long as the cache says. */
    public Optional<Duration> ttl() {
        return Optional.ofNullable(ttl);
    }

    /** Its tags. */
    public Set<String> tags() {
        return tags;
    }

    /** What tells the source's versions apart. */
    public Optional<String> etag() {
        return Optional.ofNullable(etag);
    }

    /** Whether it must not be stored. */
    public boolean isNoStore() {
        return noStore;
    }

    /** Tells everything but the value, which may be confidential. */
    @Override
    public String toString() {
        var what = notModified ? "not modified" : value == null ? "absent" : "a value";
        return "Loaded[" + what + ", ttl " + ttl + ", tags " + tags + ", etag " + etag
                + (noStore ? ", no store]" : "]");
    }
}
