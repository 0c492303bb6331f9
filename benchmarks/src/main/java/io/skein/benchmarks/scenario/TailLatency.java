package io.skein.benchmarks.scenario;

import io.skein.Group;
import io.skein.Loader;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Series;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import io.skein.load.Hedging;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** How long callers wait for a source that is slow now and then, with and without a hedge, and what the hedge costs. */
final class TailLatency {
    static final String PLAIN = "plain";
    static final String AFTER = "hedged after";
    static final String QUANTILE = "hedged by quantile";
    static final List<String> LABELS = List.of(PLAIN, AFTER, QUANTILE);

    private static final int CALLERS = 8;
    private static final long ORDINARY = 2_000_000;
    private static final long SLOW = 100 * ORDINARY;
    private static final double SLOW_SHARE = 0.015;
    private static final Duration DELAY = Duration.ofNanos(3 * ORDINARY);

    private final Table table;
    private final int loads;

    /** @param loads of each contender */
    TailLatency(Table table, int loads) {
        this.table = table;
        this.loads = loads;
    }

    /** Each thread asks for keys of its own, one after the other. */
    void run() {
        var waits = new LinkedHashMap<String, Series>();
        var extra = new LinkedHashMap<String, List<Double>>();
        Loader<Integer, Integer> source = TailLatency::ask;
        for (var label : LABELS) {
            var hedging = Hedging.<Integer, Integer>of(source, source).budget(0.1);
            hedging = label.equals(AFTER) ? hedging.after(DELAY) : hedging.afterQuantile(0.95);
            waits.put(label, new Series(waits(label.equals(PLAIN) ? source : hedging)));
            extra.put(label, List.of(100.0 * hedging.stats().hedges() / loads));
        }
        for (double quantile : new double[] {0.5, 0.99, 0.999}) {
            var row = new LinkedHashMap<String, List<Double>>();
            waits.forEach((label, all) -> row.put(label, List.of(all.quantile(quantile))));
            table.add(Row.of(
                    "wait for a load, p"
                            + BigDecimal.valueOf(100 * quantile)
                                    .stripTrailingZeros()
                                    .toPlainString(),
                    Unit.MILLISECONDS,
                    PLAIN,
                    row));
        }
        table.add(Row.of("loads asked for twice", Unit.POINTS, null, extra));
    }

    private Collection<Double> waits(Loader<Integer, Integer> loader) {
        var waits = new ConcurrentLinkedQueue<Double>();
        try (var group = Group.<Integer, Integer>create("tail")) {
            var threads = new ArrayList<Thread>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int from = caller;
                threads.add(new Thread(() -> {
                    for (int key = from; key < loads; key += CALLERS) {
                        long start = System.nanoTime();
                        group.load(key, loader);
                        waits.add((double) (System.nanoTime() - start));
                    }
                }));
            }
            threads.forEach(Thread::start);
            threads.forEach(thread -> Patience.join(thread, "callers to end"));
        }
        if (waits.size() != loads) {
            throw new IllegalStateException("of " + loads + " loads " + waits.size() + " had an answer");
        }
        return waits;
    }

    private static Integer ask(Integer key) throws InterruptedException {
        boolean slow = new SplittableRandom(System.nanoTime() + key).nextDouble() < SLOW_SHARE;
        long end = System.nanoTime() + (slow ? SLOW : ORDINARY);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return key;
    }
}
