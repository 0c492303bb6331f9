package io.skein.examples;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of a stampede.
 *
 * @param median how long the caller in the middle waited, from the moment all set out; null if it was not served
 * @param slowest the same for the caller behind whom one in a hundred stands (p99)
 * @param different how many callers got another answer than the first caller of their key, in this stampede or one before
 */
record Outcome(
        String name,
        int callers,
        int served,
        long queries,
        Duration total,
        Duration databaseTime,
        @Nullable Duration median,
        @Nullable Duration slowest,
        long different) {

    boolean calledOff() {
        return served < callers;
    }
}
