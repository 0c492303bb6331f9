package io.skein.examples;

import io.skein.cache.CoalescingCache;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The second part of the demo: the reports behind a cache, asked for again and again. Now and then an order changes one of
 * them, and it is invalidated; for a quarter of the time the database is down.
 */
final class CachePart {
    private static final int BEATS = 12;
    private static final int DOWN_FROM = 7;
    private static final int UP_FROM = 10;
    private static final int UNITS = 3;
    private static final Duration LONGEST_TTL = Duration.ofSeconds(2);

    /** In which the query of a load begins. */
    private static final Duration MOMENT = Duration.ofMillis(10);

    /** Which would tell that refreshing fails while the database is down. */
    private static final Logger LOG_OF_CACHE = Logger.getLogger(CoalescingCache.class.getName());

    private final Options options;
    private final List<String> keys;
    private final boolean terminal;
    private final CachedWay.Maker maker;

    CachePart(Options options, List<String> keys, boolean terminal, CachedWay.Maker maker) {
        this.options = options;
        this.keys = keys;
        this.terminal = terminal;
        this.maker = maker;
        LOG_OF_CACHE.setLevel(Level.SEVERE);
    }

    /**
     * Runs, prints what came of it, and throws if a caller failed or got what it must not.
     *
     * @throws IllegalStateException if there was a stale read
     * @throws Exception what a caller failed with
     */
    void run(ShopCopy shop, PrintStream out) throws Exception {
        try (var reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT);
                var desk = new OrderDesk(shop.url())) {
            var outcome = run(reports, desk, out);
            new CacheTable(outcome).print(out);
            outcome.requireFresh();
        }
    }

    private CacheOutcome run(Reports reports, OrderDesk desk, PrintStream out) throws Exception {
        var ledger = new Ledger();
        for (var key : keys) {
            ledger.add(key, Ledger.units(reports.load(key)));
        }
        reports.reset();
        var outage = new Outage(reports::load);
        var databaseThreads = DatabaseThreads.start();
        try (var cache = maker.make(outage, databaseThreads, ttl())) {
            var traffic = new Traffic(options.callers(), keys, options.virtualThreads(), cache, ledger);
            announce(traffic, out);
            int orders;
            traffic.start();
            try {
                orders = letPass(traffic, cache, desk, ledger, outage, new Progress(out, terminal, "cached"));
            } finally {
                traffic.stop();
                databaseThreads.shutdown();
            }
            databaseThreads.awaitTermination(1, TimeUnit.MINUTES); // closing the cache would interrupt its last loads
            throwIfFailed(traffic.failure());
            return new CacheOutcome(
                    traffic.calls(),
                    traffic.refused(),
                    reports.queries(),
                    cache.stats(),
                    orders,
                    cache.overtaken(),
                    traffic.staleReads());
        }
    }

    private Duration ttl() {
        var ttl = options.cacheTime().dividedBy(6);
        return ttl.compareTo(LONGEST_TTL) < 0 ? ttl : LONGEST_TTL;
    }

    private void announce(Traffic traffic, PrintStream out) {
        out.println(String.format(
                Locale.ROOT,
                "%,d %s ask a cache for %,d %s, %,d times a second in all, for %,d s. Orders change the reports; for a"
                        + " quarter of the time the database is down.",
                traffic.callers(),
                options.virtualThreads() ? "virtual threads" : "platform threads",
                keys.size(),
                keys.size() == 1 ? "report" : "reports",
                Traffic.CALLS_PER_SECOND,
                options.cacheTime().toSeconds()));
        out.println();
    }

    /** Returns when the time is over or a caller has failed, with the number of orders. */
    private int letPass(
            Traffic traffic, CachedWay cache, OrderDesk desk, Ledger ledger, Outage outage, Progress progress)
            throws Exception {
        int seconds = (int) options.cacheTime().toSeconds();
        int orders = 0;
        var beatTime = options.cacheTime().dividedBy(BEATS);
        for (int beat = 1; beat <= BEATS && !traffic.await(beatTime); beat++) {
            progress.show(seconds * beat / BEATS, seconds, "seconds");
            outage.turn(beat >= DOWN_FROM && beat < UP_FROM);
            if (!outage.isOn() && beat < BEATS) {
                change(keys.get(orders % keys.size()), cache, desk, ledger);
                orders++;
            }
        }
        progress.end();
        return orders;
    }

    /** At the worst moment: while the report is being loaded. Its query has not seen the order, and lands after it. */
    private static void change(String product, CachedWay cache, OrderDesk desk, Ledger ledger) throws Exception {
        cache.refresh(product);
        Thread.sleep(MOMENT.toMillis());
        desk.order(product, UNITS);
        cache.invalidate(product);
        ledger.add(product, UNITS); // from here on
    }

    private static void throwIfFailed(@Nullable Throwable failure) throws Exception {
        if (failure instanceof Exception e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }
}
