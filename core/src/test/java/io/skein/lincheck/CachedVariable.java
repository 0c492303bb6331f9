package io.skein.lincheck;

import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.util.concurrent.Executor;

/**
 * A variable that is read through a cache, and written with a fence behind it: what the proofs of C2 have in common.
 *
 * <p>The scenarios are of two operations per thread. With more, a reader might, while a write is going on, get its value
 * from a load that is not stored, and then the one before it from the cache, which no order of reads and writes
 * explains; C2 promises only what holds once the fence is there.
 */
final class CachedVariable {
    static final Integer KEY = 1;
    static final String TAG = "tag";

    private volatile int value;

    final CoalescingCache<Integer, Integer> cache;

    /** @param executor where loads run; null for the thread of who reads */
    CachedVariable(Executor executor) {
        var builder = CoalescingCache.<Integer, Integer>builder("lincheck").ticker(() -> 0);
        if (executor != null) {
            builder.executor(executor);
        }
        cache = builder.contextLoader((key, context) -> Loaded.of(value).tags(TAG))
                .build();
    }

    void write(int newValue, Runnable fence) {
        value = newValue;
        fence.run();
    }

    int get() {
        return cache.get(KEY);
    }

    /** What is stored, if anything is. */
    int look() {
        var stored = cache.getIfPresent(KEY);
        return stored == null ? get() : stored;
    }
}
