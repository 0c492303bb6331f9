package io.skein.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a person reads in the end: the two stampedes side by side, and the conclusion. */
final class ComparisonTable {
    private final Outcome straight;
    private final Outcome coalesced;
    private final int keys;

    ComparisonTable(Outcome straight, Outcome coalesced, int keys) {
        this.straight = straight;
        this.coalesced = coalesced;
        this.keys = keys;
    }

    void print(PrintStream out) {
        line(out, "", straight.name(), coalesced.name());
        line(out, "queries run", number(straight.queries()), number(coalesced.queries()));
        line(out, "callers served", served(straight), served(coalesced));
        line(out, "total time", time(straight.total()), time(coalesced.total()));
        line(out, "wait per caller, p50", wait(straight, straight.median()), wait(coalesced, coalesced.median()));
        line(out, "wait per caller, p99", wait(straight, straight.slowest()), wait(coalesced, coalesced.slowest()));
        line(out, "database time", time(straight.databaseTime()), time(coalesced.databaseTime()));
        line(out, "answers of one key", equality(straight), equality(coalesced));
        out.println();
        if (straight.calledOff()) {
            out.println("  Time was up for the straight callers: "
                    + number(straight.callers() - straight.served())
                    + " of them were still waiting for a connection.");
        }
        if (straight.calledOff() && straight.served() > 0) {
            double all = (double) straight.total().toMillis() * straight.callers() / straight.served();
            out.println("  At that pace all of them would take about " + time(Duration.ofMillis((long) all))
                    + " (extrapolated).");
        }
        if (coalesced.queries() > keys) {
            out.println(
                    "  "
                            + number(keys)
                            + " queries would do; the others are for callers that came after a landing: a Group remembers nothing.");
        }
        out.println(conclusion());
    }

    private String conclusion() {
        return "Through the group, " + sentence(coalesced) + "; straight, " + sentence(straight) + ".";
    }

    private static String sentence(Outcome outcome) {
        return number(outcome.queries())
                + (outcome.queries() == 1 ? " query" : " queries")
                + " served "
                + (outcome.calledOff() ? "only " : "")
                + number(outcome.served())
                + (outcome.served() == 1 ? " caller" : " callers")
                + " in "
                + time(outcome.total());
    }

    private static void line(PrintStream out, String what, String left, String right) {
        out.println(String.format(Locale.ROOT, "  %-22s %18s %18s", what, left, right)
                .stripTrailing());
    }

    private static String served(Outcome outcome) {
        var served = number(outcome.served());
        return outcome.calledOff() ? served + " of " + number(outcome.callers()) : served;
    }

    private static String wait(Outcome outcome, @Nullable Duration wait) {
        return wait == null ? "> " + time(outcome.total()) : time(wait);
    }

    private static String equality(Outcome outcome) {
        return outcome.different() == 0 ? "all equal" : number(outcome.different()) + " differ";
    }

    static String time(Duration time) {
        double millis = time.toNanos() / 1e6;
        if (millis < 10) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        if (millis < 1_000) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        return String.format(Locale.ROOT, millis < 100_000 ? "%,.1f s" : "%,.0f s", millis / 1_000);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
