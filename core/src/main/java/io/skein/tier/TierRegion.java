package io.skein.tier;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What one cache has in a {@link SharedTier}.
 *
 * <p><b>The fence.</b> A load begins with a lease. {@link #put}, {@link #invalidate}, {@link #revoke} and a forced {@link #lease}
 * take the leases of their key away, {@link #invalidateTag} and {@link #invalidateAll} fence those that were got before; then
 * {@link #publish} stores nothing. So what was loaded before an invalidation is never found after it.
 *
 * <p><b>Methods</b> do not block. They throw {@link IllegalArgumentException} for a key that the engine has no name for; all else is
 * told by their stages. Their stages end in bounded time, with a {@link TierException} if the engine did not answer in
 * time or cannot be reached; in that case nobody knows whether it did what was asked for. They may be completed by any thread,
 * which is not to be held up; to cancel them has no effect. A call never overtakes one that happened
 * before it on its way to a reachable engine.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface TierRegion<K, V> extends AutoCloseable {
    /** The value; the lease, if there is none, or none that can be read. */
    CompletionStage<TierAnswer<V>> readOrLease(K key);

    /** The value, if there is one: {@link TierAnswer.Found} or {@link TierAnswer.Unshared}, else null. */
    CompletionStage<? extends @Nullable TierAnswer<V>> read(K key);

    /**
     * The lease, whether there is a value or not: {@link TierAnswer.Leased} or {@link TierAnswer.Busy}.
     *
     * @param force take it from whoever has it
     */
    CompletionStage<TierAnswer<V>> lease(K key, boolean force);

    /**
     * A lease for a value that is got by other means than a load. Any number may have one at the same time, and nobody waits for it.
     * It is fenced as others are; it is not renewed, and may be published under more than once until it ends.
     */
    CompletionStage<TierLease> fence(K key);

    /** Has a lease last its whole length from now on. False if it has ended. */
    CompletionStage<Boolean> renew(TierLease lease);

    /**
     * Stores what was loaded under a lease, or removes what is stored if that is null, and ends the lease unless it is a {@link
     * #fence}.
     *
     * @return false, and nothing stored or removed, if the lease had ended
     */
    CompletionStage<Boolean> publish(TierLease lease, @Nullable TierValue<V> value);

    /** Ends a lease without a value: whoever waits for it may load. Nothing if it has ended. */
    CompletionStage<Void> abort(TierLease lease);

    /** Stores a value, and fences the loads before. */
    CompletionStage<Void> put(K key, TierValue<V> value);

    /** Removes a value, and fences the loads before. */
    CompletionStage<Void> invalidate(K key);

    /** Fences the loads of a key, and leaves its value where it is. */
    CompletionStage<Void> revoke(K key);

    /** Invalidates all values with a tag, and those that loads before will turn out to have, in a time that does not depend on how many. */
    CompletionStage<Void> invalidateTag(String tag);

    /** Invalidates all values of this cache, and fences the loads before, in a time that does not depend on how many. */
    CompletionStage<Void> invalidateAll();

    /**
     * Whether {@link TierEvents} tell of all that others change. If not, the cache keeps what it has read no longer than one
     * caller needs, and what it has loaded without a lease for a short time of its own.
     */
    boolean isCoherent();

    /**
     * How long a cache waits for a lease of another, from when it has heard of it first, before it loads on its own: lest a circle of
     * loads waits for itself, or all wait for one that is stuck.
     */
    default Duration longestWait() {
        return Duration.ofSeconds(30);
    }

    /** What is asked for from now on fails; nothing is told any more. */
    @Override
    void close();
}
