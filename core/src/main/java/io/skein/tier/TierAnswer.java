package io.skein.tier;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a tier answers if it is asked for a value or for a lease.
 *
 * @param <V> values
 */
public sealed interface TierAnswer<V> {

    /**
     * There is a value, fresh or stale.
     *
     * @param content makes the value of what was read. Called at most once, by a thread of the cache's, as that may take time; what
     *     cannot be read it throws for, and is as if it were not there
     * @param age since it was stored, by the engine's own clock
     * @param version tells it from what was stored under this key before and after
     * @param mayBeKept whether the cache will be told when it changes, so that it may keep it
     */
    record Found<V>(Supplier<TierValue<V>> content, Duration age, String version, boolean mayBeKept)
            implements TierAnswer<V> {
        /** Refuses null. */
        public Found {
            requireNonNull(content, "content");
            requireNonNull(age, "age");
            requireNonNull(version, "version");
        }
    }

    /** The caller is to load, and to {@linkplain TierRegion#publish publish} what it has loaded. */
    record Leased<V>(TierLease lease) implements TierAnswer<V> {
        /** Refuses null. */
        public Leased {
            requireNonNull(lease, "lease");
        }
    }

    /**
     * Somebody is loading it. {@link TierEvents#changed} or {@link TierEvents#released} will tell
     * when that has ended, or been ended.
     *
     * @param token of the lease
     * @param left how long it lasts if it is not renewed: time to ask again, if nothing has been told before
     */
    record Busy<V>(String token, Duration left) implements TierAnswer<V> {
        /** Refuses null. */
        public Busy {
            requireNonNull(token, "token");
            requireNonNull(left, "left");
        }
    }

    /**
     * There is a value that cannot be shared: it is too large, or cannot be written down. Every cache has to load it on its own,
     * and may keep it.
     *
     * @param left how long this is known
     * @param mayBeKept as in {@link Found}
     */
    record Unshared<V>(Duration left, boolean mayBeKept) implements TierAnswer<V> {
        /** Refuses null. */
        public Unshared {
            requireNonNull(left, "left");
        }
    }
}
