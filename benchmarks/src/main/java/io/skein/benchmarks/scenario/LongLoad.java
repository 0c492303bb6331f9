package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What the callers of other keys notice of a long load. The cache is full, and all kinds of calls are made at once,
 * each by a thread of its own; once with the load in progress, once without.
 */
final class LongLoad {
    static final List<String> LABELS = Cached.labels(Cached.loading());
    static final List<String> CALLS = List.of(
            "P9 hit",
            "P9 hit, same bin",
            "P9 load",
            "P9 load, same bin",
            "P9 put",
            "P9 put, same bin",
            "P9 put, new key");

    private static final int SIZE = 1_000;
    private static final int NEIGHBOURS = 2;
    private static final Object VALUE = new Object();

    private final Table table;
    private final int rounds;
    private final long nanos;

    /** @param millis how long the load takes */
    LongLoad(Table table, int rounds, int millis) {
        this.table = table;
        this.rounds = rounds;
        this.nanos = millis * 1_000_000L;
    }

    static String idle(String call) {
        return call + ", idle";
    }

    void run() {
        var idle = new Rounds<Cached, Map<String, Double>>(Cached.loading());
        var loading = new Rounds<Cached, Map<String, Double>>(Cached.loading());
        for (int round = -1; round < rounds; round++) { // the first warms up, and does not count
            int warmups = round < 0 ? 1 : 0;
            idle.run(warmups, 1 - warmups, contender -> measure(contender, false));
            loading.run(warmups, 1 - warmups, contender -> measure(contender, true));
        }
        for (var call : CALLS) {
            row(idle(call), call, idle);
            row(call, call, loading);
        }
        table.add(Plot.bars(
                "long-load",
                "A call for another key while a long load runs: p99, us",
                List.of("P9 load", "P9 put", "P9 put, new key")));
        table.add(Plot.bars(
                "long-load-bin",
                "A call for a key in the same bin while a long load runs: p99, us",
                List.of("P9 hit, same bin", "P9 load, same bin", "P9 put, same bin")));
    }

    private void row(String scenario, String call, Rounds<Cached, Map<String, Double>> measured) {
        table.add(Row.of(
                scenario,
                Unit.MICROSECONDS,
                Cached.SKEIN.label(),
                measured.each(Cached::label, waits -> waits.getOrDefault(call, 0.0))));
    }

    /** The 99th percentile of each kind of call. */
    private Map<String, Double> measure(Cached contender, boolean loading) {
        var slow = Bin.inside();
        var gate = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        try (var cache = contender.<Bin.Key>over(
                key -> {
                    if (key.equals(slow)) {
                        entered.countDown();
                        Patience.await(gate, "the end of the long load");
                    }
                    return VALUE;
                },
                Bounds.of(SIZE))) {
            fill(cache);
            var callers = callers(cache);
            var loader = new Thread(() -> cache.get(slow), "loader");
            if (loading) {
                loader.start();
                Patience.await(entered, "the long load to begin");
            }
            var stop = new AtomicBoolean();
            callers.values().forEach(caller -> caller.start(stop));
            LockSupport.parkNanos(nanos);
            gate.countDown();
            stop.set(true);
            var waits = new HashMap<String, Double>();
            for (var caller : callers.entrySet()) {
                waits.put(caller.getKey(), caller.getValue().percentile(0.99));
            }
            Patience.join(loader, "the long load's thread to end");
            return waits;
        }
    }

    /** With some keys of the bin that are going to be evicted. */
    private static void fill(CacheContender<Bin.Key> cache) {
        for (int i = 0; i < NEIGHBOURS; i++) {
            cache.put(Bin.inside(), VALUE);
        }
        for (int i = 0; i < SIZE; i++) {
            cache.put(Bin.outside(), VALUE);
        }
    }

    private static Map<String, PacedCaller> callers(CacheContender<Bin.Key> cache) {
        var callers = new LinkedHashMap<String, PacedCaller>();
        for (int i = 0; i < CALLS.size(); i++) {
            var key = i % 2 == 1 ? Bin.inside() : Bin.outside();
            var caller = switch (i / 2) {
                case 0 -> {
                    cache.put(key, VALUE);
                    yield new PacedCaller(() -> cache.get(key), () -> {});
                }
                case 1 -> new PacedCaller(() -> cache.get(key), () -> cache.drop(key));
                case 2 -> new PacedCaller(() -> cache.put(key, VALUE), () -> {});
                default -> new PacedCaller(() -> cache.put(Bin.outside(), VALUE), () -> {});
            };
            callers.put(CALLS.get(i), caller);
        }
        return callers;
    }
}
