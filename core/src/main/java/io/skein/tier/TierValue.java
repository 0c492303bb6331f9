package io.skein.tier;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a key, or is to be.
 *
 * @param value null if it is remembered that there is nothing
 * @param ttl how long it is fresh, from when it is stored
 * @param staleFor how long after that it is to be kept, since it may be served though it is stale
 * @param tags under which it can be invalidated
 * @param etag what tells the source's versions apart
 * @param loadTime how long it took to load
 * @param <V> values
 */
public record TierValue<V>(
        @Nullable V value,
        Duration ttl,
        Duration staleFor,
        Set<String> tags,
        Optional<String> etag,
        Duration loadTime) {

    /** Refuses null where it means nothing. */
    public TierValue {
        requireNonNull(ttl, "ttl");
        requireNonNull(staleFor, "staleFor");
        tags = Set.copyOf(tags);
        requireNonNull(etag, "etag");
        requireNonNull(loadTime, "loadTime");
    }

    /** Tells everything but the value, which may be confidential. */
    @Override
    public String toString() {
        return "TierValue[" + (value == null ? "nothing" : "a value") + ", ttl " + ttl + ", staleFor " + staleFor
                + ", tags " + tags + ", etag " + etag + ", loadTime " + loadTime + "]";
    }
}
