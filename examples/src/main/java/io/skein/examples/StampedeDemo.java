package io.skein.examples;

import io.skein.Group;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A stampede on a real database, once straight and once through a {@link Group}: {@code mvn -q -Pdemo}. */
public final class StampedeDemo {
    private static final int FINE = 0;
    private static final int FAILED = 1;
    private static final int BAD_OPTIONS = 2;

    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final ShopDatabase shop;
    private final boolean terminal;

    StampedeDemo(ShopDatabase shop, boolean terminal) {
        this.shop = shop;
        this.terminal = terminal;
    }

    /** Ends the JVM with 1 if something failed, 2 if the options are wrong. */
    public static void main(String[] args) throws URISyntaxException {
        var shop = new ShopDatabase(targetFolder().resolve("stampede-demo"), ShopSize.DEFAULT);
        int exitCode = new StampedeDemo(shop, Terminal.isThere()).run(List.of(args), System.out, System.err);
        if (exitCode != FINE) {
            System.exit(exitCode);
        }
    }

    /** Where these classes were compiled to. */
    private static Path targetFolder() throws URISyntaxException {
        var classes = Path.of(StampedeDemo.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return classes.toAbsolutePath().resolveSibling("");
    }

    /** The exit code. */
    int run(List<String> args, PrintStream out, PrintStream err) {
        if (OptionsParser.wantsHelp(args)) {
            out.print(OptionsParser.HELP);
            return FINE;
        }
        Options options;
        try {
            options = OptionsParser.parse(args, VirtualThreads.areHere());
        } catch (BadOptionException e) {
            err.println(e.getMessage());
            return BAD_OPTIONS;
        }
        var own = options.ownDatabase();
        try {
            run(options, out);
            return FINE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return FAILED;
        } catch (Exception e) {
            new Failure(e, own == null ? null : own.password()).print(err, options.verbose());
            return FAILED;
        }
    }

    private void run(Options options, PrintStream out) throws Exception {
        var own = options.ownDatabase();
        if (own == null) {
            createShop(out);
            try (var reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT)) {
                run(options, reports, ShopDatabase.REPORT, ShopDatabase.keys(options.keys()), out);
            }
        } else {
            try (var reports = new Reports(own.url(), own.user(), own.password(), own.query())) {
                run(options, reports, own.query(), own.keys().subList(0, options.keys()), out);
            }
        }
    }

    private void createShop(PrintStream out) throws IOException, SQLException {
        if (!shop.exists()) {
            out.println("Creating the database, this once.");
            shop.create(new Progress(out, terminal, "creating"));
        }
    }

    private void run(Options options, Reports reports, String query, List<String> keys, PrintStream out)
            throws Exception {
        if (options.verbose()) {
            out.println(query);
        }
        var crowd = new Crowd(options.callers(), keys, options.virtualThreads());
        out.println(String.format(
                Locale.ROOT,
                "%,d callers ask for %,d %s at the same moment: %s, %d database connections.",
                options.callers(),
                keys.size(),
                keys.size() == 1 ? "report" : "reports",
                options.virtualThreads() ? "virtual threads" : "platform threads and asynchronous callers",
                Reports.CONNECTIONS));
        warmUp(reports, keys, out);
        out.println();

        var databaseThreads = databaseThreads();
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
    private static void warmUp(Reports reports, List<String> keys, PrintStream out) throws SQLException {
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

    /**
     * An embedded database computes on the thread that asks. With threads of its own, as a database server has them, it does
     * not keep the virtual threads' few carriers from the callers that are still on their way.
     */
    private static ExecutorService databaseThreads() {
        var number = new AtomicInteger();
        return Executors.newFixedThreadPool(Reports.CONNECTIONS, task -> {
            var thread = new Thread(task, "database-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
