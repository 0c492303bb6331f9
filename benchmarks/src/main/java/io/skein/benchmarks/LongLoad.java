package io.skein.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
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
    static final String IDLE = "skein idle";
    static final String LOADING = "skein";
    static final List<String> LABELS = List.of(IDLE, LOADING, "caffeine idle", "caffeine");
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

    void run() {
        var samples = new HashMap<String, Map<String, List<Double>>>();
        var turn = new ArrayList<>(LABELS);
        for (int round = -1; round < rounds; round++) { // the first warms up, and does not count
            for (var label : turn) {
                int i = LABELS.indexOf(label);
                var waits = measure(i < 2 ? Cached.SKEIN : Cached.CAFFEINE_LOADING, i % 2 == 1);
                if (round >= 0) {
                    waits.forEach((call, wait) -> samples.computeIfAbsent(call, c -> new HashMap<>())
                            .computeIfAbsent(label, l -> new ArrayList<>())
                            .add(wait));
                }
            }
            Collections.rotate(turn, 1);
        }
        for (var call : CALLS) {
            var series = new HashMap<String, Series>();
            samples.getOrDefault(call, Map.of()).forEach((label, values) -> series.put(label, new Series(values)));
            table.add(new Row(call, Unit.MICROSECONDS, IDLE, series));
        }
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
                SIZE)) {
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
            loader.join();
            return waits;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for a load to end", e);
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
