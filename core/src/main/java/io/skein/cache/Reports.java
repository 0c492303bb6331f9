package io.skein.cache;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which reads Caffeine is told of, so that it knows what to keep. To take note of a read costs it more than all the rest.
 *
 * <p>While entries come and go it is told of every read: each new entry grants that to {@value #READS} reads to come. So
 * as long as one read in that many finds nothing, all are told of, and what is kept is what Caffeine alone would keep.
 * Where fewer find nothing there is little to be won, and it is told of the reads of one millisecond in {@value
 * #READS}, and of what is granted.
 */
final class Reports {
    private static final int READS = 64;

    /** So many bits of nanoseconds are about one. */
    private static final int A_MILLISECOND = 20;

    /** What is granted at the most: after many new entries, some milliseconds of reading. */
    private static final int MOST = 1 << 20;

    /** So many reads are counted at once, by one read in so many, lest threads that read fight for the count. */
    private static final int COUNTED_AT_ONCE = 16;

    /** Reads yet to be told of, roughly: what is lost or counted twice does no harm. */
    private final AtomicInteger granted = new AtomicInteger();

    /** A new entry has been stored. */
    void stored() {
        int now = granted.get();
        if (now < MOST) {
            granted.lazySet(now + READS);
        }
    }

    /**
     * Whether Caffeine is to be told of this read.
     *
     * @param now by the clock of the cache. To draw lots would take a hit as long as all the rest
     */
    boolean isDue(long now) {
        int left = granted.get();
        if (left <= 0) {
            return ((now >> A_MILLISECOND) & (READS - 1)) == 0;
        }
        if ((ThreadLocalRandom.current().nextInt() & (COUNTED_AT_ONCE - 1)) == 0) {
            granted.lazySet(left - COUNTED_AT_ONCE);
        }
        return true;
    }
}
