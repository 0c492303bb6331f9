package io.skein.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * A real database, and a stampede on it, once straight and once through a {@link io.skein.Group}; then the same reports
 * behind a {@link io.skein.cache.CoalescingCache}; then writes behind one: {@code mvn -q -Pdemo}.
 */
public final class Demo {
    private static final int FINE = 0;
    private static final int FAILED = 1;
    private static final int BAD_OPTIONS = 2;

    private final ShopDatabase shop;
    private final boolean terminal;

    Demo(ShopDatabase shop, boolean terminal) {
        this.shop = shop;
        this.terminal = terminal;
    }

    /** Ends the JVM with 1 if something failed, 2 if the options are wrong. */
    public static void main(String[] args) throws URISyntaxException {
        var shop = new ShopDatabase(targetFolder().resolve("stampede-demo"), ShopSize.DEFAULT);
        int exitCode = new Demo(shop, Terminal.isThere()).run(List.of(args), System.out, System.err);
        if (exitCode != FINE) {
            System.exit(exitCode);
        }
    }

    /** Where these classes were compiled to. */
    private static Path targetFolder() throws URISyntaxException {
        var classes = Path.of(
                Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
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
        if (own != null) {
            var keys = own.keys().subList(0, options.keys());
            try (var reports = new Reports(own.url(), own.user(), own.password(), own.query())) {
                stampede(options, own.query(), keys, reports, out);
            }
            return;
        }
        if (options.part() != Part.WRITES) {
            createShop(out);
        }
        var keys = ShopDatabase.keys(options.keys());
        if (options.part().hasStampede()) {
            try (var reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT)) {
                stampede(options, ShopDatabase.REPORT, keys, reports, out);
            }
        }
        blankLine(options, out);
        if (options.part().hasCache()) {
            try (var copy = shop.copy()) {
                new CachePart(options, keys, terminal, Cached::new).run(copy, out);
            }
        }
        blankLine(options, out);
        if (options.part().hasWrites()) {
            new WritesPart(options, shop.folder(), terminal).run(out);
        }
    }

    private static void blankLine(Options options, PrintStream out) {
        if (options.part() == Part.ALL) {
            out.println();
        }
    }

    private void stampede(Options options, String query, List<String> keys, Reports reports, PrintStream out)
            throws Exception {
        if (options.verbose()) {
            out.println(query);
        }
        new StampedePart(options, keys, terminal).run(reports, out);
    }

    private void createShop(PrintStream out) throws IOException, SQLException {
        if (!shop.exists()) {
            out.println("Creating the database, this once.");
            shop.create(new Progress(out, terminal, "creating"));
        }
    }
}
