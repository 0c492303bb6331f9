package io.skein.spring.cache;

import io.skein.cache.CoalescingCache;
import io.skein.cache.Lease;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What Spring found missing and may be about to put. It asks for a key, calls the method and puts the result, all on one
 * thread, and says nothing that would connect the three; so each thread remembers the last keys it missed.
 *
 * <p>A lease that nobody came back for, because the method failed, may be given later to a put that has nothing to do with
 * it. If its key has been changed since, that put is refused, and the caller must keep nothing then: which is never wrong.
 */
final class Leases {
    /** A call may ask several caches before it puts into them. */
    private static final int MOST = 8;

    @SuppressWarnings("ThreadLocalUsage") // there are as many as caches, and they live as long
    private final ThreadLocal<ArrayDeque<Missed>> missed = new ThreadLocal<>();

    private record Missed(Object key, Lease<Object> lease) {}

    void take(CoalescingCache<Object, Object> cache, Object key) {
        var mine = missed.get();
        if (mine == null) {
            mine = new ArrayDeque<>(2);
            missed.set(mine);
        }
        mine.removeIf(one -> one.key.equals(key));
        if (mine.size() == MOST) {
            mine.removeFirst();
        }
        mine.addLast(new Missed(key, cache.lease(key)));
    }

    /** The lease of this thread for a key, once. */
    @Nullable
    Lease<Object> give(Object key) {
        var mine = missed.get();
        if (mine == null) {
            return null;
        }
        Lease<Object> found = null;
        for (var all = mine.iterator(); all.hasNext(); ) {
            var one = all.next();
            if (one.key.equals(key)) {
                found = one.lease;
                all.remove();
            }
        }
        if (mine.isEmpty()) {
            missed.remove();
        }
        return found;
    }
}
