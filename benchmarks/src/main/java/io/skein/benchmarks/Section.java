package io.skein.benchmarks;

import java.util.List;
import java.util.Locale;

/** A part of the run that can be asked for alone. */
enum Section {
    P1,
    GETALL,
    P2,
    P3,
    CALLS,
    FANOUT,
    MEMORY,
    P9,
    P12,
    HITRATIO,
    HEDGE,
    BATCH;

    /** The name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The labels of those it compares. */
    List<String> contenders() {
        return switch (this) {
            case P1 -> Cached.labels();
            case GETALL -> Bulk.labels();
            case P2, P3, CALLS, FANOUT, MEMORY -> Blocking.labels();
            case P9 -> LongLoad.LABELS;
            case P12 -> EntryMemory.LABELS;
            case HITRATIO -> HitRatio.LABELS;
            case HEDGE -> TailLatency.LABELS;
            case BATCH -> Gathering.LABELS;
        };
    }
}
