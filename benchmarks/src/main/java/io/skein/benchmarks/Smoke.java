package io.skein.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Whether all contenders do what they are measured for: one load per flight, and its value for every caller. Times do not matter. */
final class Smoke {
    private static final int FLIGHTS = 10_000;
    private static final int PLATFORM = 50;
    private static final int LIGHT = 1_000;
    private static final int SHORT_LOAD_MILLIS = 100;

    private final PrintStream out;

    Smoke(PrintStream out) {
        this.out = out;
    }

    /** @throws IllegalStateException if one of them does not */
    void run() {
        for (var contender : Blocking.values()) {
            if (contender != Blocking.BARE) { // which knows only one flight
                lonelyFlights(contender);
            }
            FanOut.land(contender, Threads.PLATFORM, PLATFORM);
            if (Threads.VIRTUAL.exist()) {
                FanOut.land(contender, Threads.VIRTUAL, LIGHT);
            }
        }
        for (var contender : Async.values()) {
            FanOut.landAsync(contender, LIGHT);
            forgottenFlight(contender);
        }
        for (var contender : Cached.values()) {
            reads(contender);
        }
        for (var contender : Bulk.values()) {
            readsOfMany(contender);
        }
        var table = new Table(out);
        measure(table, Section.MEMORY, new WaiterMemory(table, PLATFORM, LIGHT)::run);
        measure(table, Section.P9, new LongLoad(table, 1, SHORT_LOAD_MILLIS)::run);
        measure(table, Section.P12, new EntryMemory(table, LIGHT)::run);
        measure(table, Section.HITRATIO, new HitRatio(table, 1, LIGHT, FLIGHTS)::run);
        measure(table, Section.HEDGE, new TailLatency(table, LIGHT)::run);
        measure(table, Section.BATCH, new Gathering(table, LIGHT)::run);
        out.println("smoke: every flight had one load, and every caller its value");
    }

    private static void measure(Table table, Section section, Runnable measurement) {
        table.columns(section.contenders());
        measurement.run();
    }

    private static void reads(Cached kind) {
        var benchmark = new HitBenchmark();
        benchmark.contender = kind;
        benchmark.setUp();
        var draws = new HitBenchmark.Draws();
        draws.setUp(benchmark, 1);
        for (int i = 0; i < FLIGHTS; i++) {
            require(benchmark.hit(draws) != null, kind + " lost a value");
        }
        benchmark.tearDown();
    }

    private static void readsOfMany(Bulk kind) {
        var keys = IntStream.range(0, PLATFORM).mapToObj(i -> "user:" + i).toList();
        var cache = kind.create(LIGHT);
        keys.forEach(key -> cache.put(key, key));
        var found = new ArrayList<Object>();
        cache.getAll(keys, value -> {
            if (value instanceof Map<?, ?> map) {
                found.addAll(map.values());
            } else {
                found.add(value);
            }
        });
        require(found.equals(keys), kind + " found other values than were put");
    }

    private static void lonelyFlights(Blocking kind) {
        var loads = new AtomicInteger();
        try (var contender = kind.over(key -> key + loads.incrementAndGet())) {
            for (int i = 1; i <= FLIGHTS; i++) {
                var key = "user:" + i % LIGHT + ":";
                require((key + i).equals(contender.load(key)), kind + " returned another value than it loaded");
                contender.drop(key);
            }
        }
        require(loads.get() == FLIGHTS, kind + " loaded " + loads + " times in " + FLIGHTS + " flights");
    }

    private static void forgottenFlight(Async kind) {
        var benchmark = new CallsBenchmark();
        benchmark.contender = kind;
        benchmark.setUp();
        require(!benchmark.forgetNothing(), kind + " forgot a flight that was not there");
        require(benchmark.joinAndLeave().isDone(), kind + " left the leader behind");
        require(!benchmark.forgetNothing(), kind + " kept a flight that has landed");
        benchmark.tearDown();
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalStateException(otherwise);
        }
    }
}
