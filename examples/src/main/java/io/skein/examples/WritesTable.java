package io.skein.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What a person reads of the writes in the end. */
final class WritesTable {
    private final WritesOutcome straight;
    private final WritesOutcome behind;

    WritesTable(WritesOutcome straight, WritesOutcome behind) {
        this.straight = straight;
        this.behind = behind;
    }

    void print(PrintStream out) {
        line(out, "", "straight", "write-behind");
        line(out, "reactions written", written(straight), written(behind));
        line(out, "statements run", number(straight.statements()), number(behind.statements()));
        line(out, "transactions", number(straight.transactions()), number(behind.transactions()));
        line(out, "total time", ComparisonTable.time(straight.total()), ComparisonTable.time(behind.total()));
        line(out, "the database has", number(straight.counted()), number(behind.counted()));
        out.println();
        if (straight.accepted() < straight.wanted() && straight.accepted() > 0) {
            double all = (double) straight.total().toMillis() * straight.wanted() / straight.accepted();
            out.println("  Time was up for the straight writes; at that pace all of them would take about "
                    + ComparisonTable.time(Duration.ofMillis((long) all)) + " (extrapolated).");
        }
        out.println("Behind the cache, " + sentence(behind) + "; straight, " + sentence(straight) + ".");
    }

    private static String sentence(WritesOutcome outcome) {
        return number(outcome.statements()) + " statements wrote " + number(outcome.accepted()) + " reactions in "
                + ComparisonTable.time(outcome.total());
    }

    private static String written(WritesOutcome outcome) {
        return outcome.accepted() < outcome.wanted()
                ? number(outcome.accepted()) + " of " + number(outcome.wanted())
                : number(outcome.accepted());
    }

    private static void line(PrintStream out, String what, String left, String right) {
        out.println(String.format(Locale.ROOT, "  %-22s %20s %18s", what, left, right)
                .stripTrailing());
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
