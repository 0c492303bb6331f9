package io.skein.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a key, as {@link CoalescingCache#entry} saw it.
 *
 * @param value the value; null unless the entry is fresh or stale
 * @param state how far it can be trusted
 * @param age time since it was stored
 * @param timeLeft how long it is still fresh; zero if stale. What never expires has 292 years
 * @param tags its tags
 * @param etag what the source said tells its versions apart
 * @param <V> values
 */
public record CacheEntry<V>(
        @Nullable V value, EntryState state, Duration age, Duration timeLeft, Set<String> tags, Optional<String> etag) {
    /** Tells everything but the value, which may be confidential. */
    @Override
    public String toString() {
        return "CacheEntry[" + state + ", age " + age + ", time left " + timeLeft + ", tags " + tags + ", etag " + etag
                + "]";
    }
}
