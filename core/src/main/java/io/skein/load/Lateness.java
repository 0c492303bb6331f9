package io.skein.load;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** From when on a replica that has not answered is late. */
sealed interface Lateness {
    /** Not before there is something to compare with. */
    long NEVER = Long.MAX_VALUE;

    /** In nanoseconds from when it was asked. */
    long nanos();

    /**
     * The first replica of a load has answered, or has been given up, because another was faster or nobody waits any
     * more; then it would have taken longer. Without those that were given up, the slowest would be missing, and what is
     * taken for late would get earlier and earlier.
     */
    void took(long nanos);

    /** Always after the same time. */
    record After(long nanos) implements Lateness {
        @Override
        public void took(long time) {}
    }

    /** After the time in which a share of the last {@value #KEPT} loads had answered. */
    final class AfterQuantile implements Lateness {
        private static final int KEPT = 1_024;

        /** Sorting is spared to most loads. */
        private static final int SORTED_EVERY = 32;

        private final double quantile;
        private final int needed;
        private final AtomicLongArray times = new AtomicLongArray(KEPT);
        private final AtomicInteger count = new AtomicInteger();
        private volatile long late = NEVER;

        AfterQuantile(double quantile) {
            this.quantile = quantile;
            this.needed = Math.min(KEPT, up(1 / (1 - quantile)));
            for (int i = 0; i < KEPT; i++) {
                times.set(i, NEVER); // counted, and not written yet: rather no hedge than one at once
            }
        }

        @Override
        public long nanos() {
            return late;
        }

        @Override
        public void took(long nanos) {
            int mine = count.getAndUpdate(now -> now == 2 * KEPT - 1 ? KEPT : now + 1);
            times.set(mine % KEPT, nanos);
            int known = Math.min(mine + 1, KEPT);
            if (known >= needed && (mine + 1 == needed || mine % SORTED_EVERY == 0)) {
                late = quantileOf(known);
            }
        }

        /** Times that are written meanwhile are in it or not. */
        private long quantileOf(int known) {
            var sorted = new long[known];
            for (int i = 0; i < known; i++) {
                sorted[i] = times.get(i);
            }
            Arrays.sort(sorted);
            return sorted[Math.max(1, up(quantile * known)) - 1];
        }

        /** The next whole number; what is above one by no more than inexact arithmetic adds is that one. */
        private static int up(double number) {
            return (int) Math.ceil(number - 1e-9);
        }
    }
}
