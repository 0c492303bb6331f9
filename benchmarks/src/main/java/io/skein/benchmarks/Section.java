package io.skein.benchmarks;

import java.util.Locale;

/** A part of the run that can be asked for alone. */
enum Section {
    P2,
    P3,
    CALLS,
    FANOUT,
    MEMORY;

    /** The name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
