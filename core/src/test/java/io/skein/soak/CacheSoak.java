package io.skein.soak;

import java.io.PrintStream;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Calls caches of all settings in all ways at once, over a source whose values have versions: nobody may read a version
 * older than one that was known to be written before he asked (C2).
 */
final class CacheSoak extends Soak {
    CacheSoak(long seed, PrintStream out) {
        super("cache", seed, out);
    }

    @Override
    void round(SplittableRandom random, Duration time) {
        new CacheRound(verdict, tally, random).run(time);
    }
}
