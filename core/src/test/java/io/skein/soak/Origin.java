package io.skein.soak;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What is behind one cache: a version for each key. A writer raises it, then invalidates the key in some way, and only
 * when that has returned acknowledges it. From then on nobody who asks may get an older version.
 */
final class Origin {
    static final int KEYS = 2_000;

    private final AtomicLongArray versions = new AtomicLongArray(KEYS);
    private final AtomicReferenceArray<Written> written = new AtomicReferenceArray<>(KEYS);
    private final AtomicIntegerArray writers = new AtomicIntegerArray(KEYS);

    /** What has been written, and how. */
    record Written(long version, CacheWrite way) {
        static final Written NOTHING = new Written(0, null);
    }

    long version(int key) {
        return versions.get(key);
    }

    /** What everybody has to see who asks from now on. */
    Written written(int key) {
        var last = written.get(key);
        return last == null ? Written.NOTHING : last;
    }

    /** One writer per key at a time: else one might put its version after another has acknowledged a newer one. */
    boolean lock(int key) {
        return writers.compareAndSet(key, 0, 1);
    }

    void unlock(int key) {
        writers.set(key, 0);
    }

    /** To be called with the key locked, like {@link #acknowledge}. */
    long raise(int key) {
        return versions.incrementAndGet(key);
    }

    void acknowledge(int key, long version, CacheWrite way) {
        written.set(key, new Written(version, way));
    }

    /** Whether there was nothing under the key at some version from this one up to now. */
    boolean hasHadNothing(int key, long from) {
        for (long version = versions.get(key); version >= from; version--) {
            if (Version.isNothing(version)) {
                return true;
            }
        }
        return false;
    }

    String describe(int key) {
        return "key " + key + " is at version " + version(key) + " now, " + written(key);
    }
}
