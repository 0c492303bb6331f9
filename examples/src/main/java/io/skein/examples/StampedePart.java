package io.skein.examples;

import io.skein.Group;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The first part of the demo: a stampede, once straight and once through a {@link Group}. */
final class StampedePart {
    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final Options options;
    private final List<String> keys;
    private final boolean terminal;

    StampedePart(Options options, List<String> keys, boolean terminal) {
        this.options = options;
        this.keys = keys;
        this.terminal = terminal;
    }

    /** @throws Exception what a caller failed with */
    void run(Reports reports, PrintStream out) throws Exception {
        var crowd = new Crowd(options.callers(), keys, options.virtualThreads());
        out.println(String.format(
                Locale.ROOT,
                "%,d callers ask for %,d %s at the same moment: %s, %d database connections.",
                options.callers(),
                keys.size(),
                keys.size() == 1 ? "report" : "reports",
                options.virtualThreads() ? "virtual threads" : "platform threads and asynchronous callers",
                Reports.CONNECTIONS));
        warmUp(reports, out);
        out.println();

        var databaseThreads = DatabaseThreads.start();
        try (var group = Group.<String, Report>builder("reports")
                .executor(databaseThreads)
                .build()) {
            var stampede = new Stampede(crowd, reports);
            var straight = stampede.run(
                    new Straight(reports, databaseThreads),
                    options.straightLimit(),
                    new Progress(out, terminal, "straight"));
            var coalesced = stampede.run(
                    new Coalesced(group, reports::load), UNLIMITED, new Progress(out, terminal, "coalesced"));
            new ComparisonTable(straight, coalesced, keys.size()).print(out);
            requireEqualAnswers(straight.different() + coalesced.different());
        } finally {
            databaseThreads.shutdown();
        }
    }

    private static void requireEqualAnswers(long different) {
        if (different > 0) {
            throw new IllegalStateException(different
                    + " callers got another answer than the first of their key: did the data change meanwhile?");
        }
    }

    /** Every report twice, one after the other: neither stampede pays for cold pages, and a wrong query shows itself here. */
    private void warmUp(Reports reports, PrintStream out) throws SQLException {
        var fastest = UNLIMITED;
        for (int round = 0; round < 2; round++) {
            for (var key : keys) {
                long start = System.nanoTime();
                reports.load(key);
                var time = Duration.ofNanos(System.nanoTime() - start);
                fastest = time.compareTo(fastest) < 0 ? time : fastest;
            }
        }
        out.println("One query alone takes " + ComparisonTable.time(fastest) + ".");
    }
}
