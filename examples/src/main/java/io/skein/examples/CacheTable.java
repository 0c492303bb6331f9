package io.skein.examples;

import java.io.PrintStream;
import java.util.Locale;

/** What a person reads of the cache in the end. */
final class CacheTable {
    private final CacheOutcome outcome;

    CacheTable(CacheOutcome outcome) {
        this.outcome = outcome;
    }

    void print(PrintStream out) {
        var stats = outcome.stats();
        line(out, "calls", number(outcome.calls()));
        line(out, "queries run", number(outcome.queries()));
        line(out, "hit ratio", String.format(Locale.ROOT, "%.2f %%", 100 * stats.hitRatio()));
        line(out, "joins", number(stats.joins()) + "  waited for the load of another caller");
        line(out, "stale serves", number(stats.staleHits()) + "  while the database was down");
        line(out, "calls refused", number(outcome.refused()) + "  nothing to serve while it was down");
        line(out, "writes/invalidations", number(outcome.orders()));
        line(out, "loads overtaken by them", number(outcome.overtaken()) + "  not to be stored");
        out.println();
        out.println("stale reads after an invalidation: " + number(outcome.staleReads()));
    }

    private static void line(PrintStream out, String what, String value) {
        int words = value.indexOf("  ");
        var number = words < 0 ? value : value.substring(0, words);
        out.println(
                String.format(Locale.ROOT, "  %-26s %14s%s", what, number, words < 0 ? "" : value.substring(words)));
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
