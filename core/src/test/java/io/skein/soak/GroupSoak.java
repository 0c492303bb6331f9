package io.skein.soak;

import java.io.PrintStream;
import java.time.Duration;
import java.util.SplittableRandom;

/** Calls groups of all settings in all ways at once. */
final class GroupSoak extends Soak {
    GroupSoak(long seed, PrintStream out) {
        super("group", seed, out);
    }

    @Override
    void round(SplittableRandom random, Duration time) {
        new Round(verdict, tally, random).run(time);
    }
}
