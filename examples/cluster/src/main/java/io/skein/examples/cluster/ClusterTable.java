package io.skein.examples.cluster;

import io.skein.examples.cluster.ClusterOutcome.Asked;
import io.skein.examples.cluster.ClusterOutcome.Invalidations;
import io.skein.examples.cluster.ClusterOutcome.Outage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What a person reads, part by part. */
final class ClusterTable {
    private final PrintStream out;

    ClusterTable(PrintStream out) {
        this.out = out;
    }

    void title(String text) {
        out.println(text);
    }

    void asked(Asked asked, String since) {
        loads(asked, "");
        line("keys of which values differ", number(asked.differing()), "");
        line("errors of callers", number(asked.errors()), "");
        line("until all had all", millis(asked.time()), since);
        out.println();
    }

    void invalidations(Invalidations made) {
        line("reads", number(made.reads()), "");
        line("outdated reads afterwards", number(made.outdatedHere()), "in the JVM that had invalidated");
        line("", number(made.outdatedElsewhere()), "in the others");
        line("and none any more after", fraction(made.median()), "at the median");
        line("", fraction(made.longest()), "at the most");
        out.println();
    }

    void outage(Outage outage, Asked after) {
        line("reads meanwhile", number(outage.reads()), "the longest took " + millis(outage.longest()));
        line("loads meanwhile", number(outage.loads()), "each JVM for itself");
        line("errors of callers", number(outage.errors()), "");
        line("invalidations that failed", number(outage.refused()), "and said so");
        line("until all share again", millis(outage.untilShared()), "after its new start");
        loads(after, "of " + number(after.keys()) + " cold keys after that");
    }

    private void loads(Asked asked, String words) {
        line("loads per key", String.format(Locale.ROOT, "%.2f", asked.loadsPerKey()), words);
    }

    private void line(String what, String value, String words) {
        out.println(String.format(Locale.ROOT, "  %-28s %10s  %s", what, value, words)
                .stripTrailing());
    }

    private static String fraction(Duration time) {
        return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
    }

    private static String millis(Duration time) {
        return number(time.toMillis()) + " ms";
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
