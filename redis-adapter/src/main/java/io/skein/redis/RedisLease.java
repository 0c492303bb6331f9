package io.skein.redis;

import io.skein.tier.TierLease;
import java.time.Duration;

/**
 * A lease that Redis has given, or was asked for.
 *
 * @param key what is leased
 * @param value name of the value
 * @param epoch of the last invalidation that the load sees
 * @param isFence whether it is one that nobody waits for
 * @param <K> keys
 */
record RedisLease<K>(K key, String value, String token, Duration length, long epoch, boolean isFence)
        implements TierLease {
    String name() {
        return isFence ? Names.fenceOf(value) : Names.leaseOf(value);
    }
}
