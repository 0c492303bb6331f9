package io.skein.benchmarks;

import java.util.List;
import java.util.Locale;

/** A part of the run that can be asked for alone. */
enum Section {
    P1(Cached.labels()),
    GETALL(Bulk.labels()),
    P2(Blocking.labels()),
    P3(Blocking.labels()),
    CALLS(Blocking.labels()),
    FANOUT(Blocking.labels()),
    MEMORY(Blocking.labels()),
    P9(LongLoad.LABELS),
    P12(EntryMemory.LABELS),
    HITRATIO(HitRatio.LABELS);

    /** Whom it compares. */
    final List<String> contenders;

    Section(List<String> contenders) {
        this.contenders = contenders;
    }

    /** The name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
