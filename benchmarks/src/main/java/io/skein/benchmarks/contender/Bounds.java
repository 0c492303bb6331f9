package io.skein.benchmarks.contender;

import java.time.Duration;

/**
 * What a cache keeps, and for how long.
 *
 * @param maximumSize entries
 * @param ttl from the write on
 */
public record Bounds(int maximumSize, Duration ttl) {
    private static final Duration LONG = Duration.ofMinutes(10);

    /** Bounded by the number of entries, with a time to live that no measurement lasts. */
    public static Bounds of(int maximumSize) {
        return new Bounds(maximumSize, LONG);
    }
}
