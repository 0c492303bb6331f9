package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Annotated;
import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.contender.Bulk;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Chapter;
import io.skein.benchmarks.report.Flaw;
import io.skein.benchmarks.report.Table;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Whether all contenders do what they are measured for, and whether the answers of Skein are right. Times do not matter. */
public final class Smoke {
    private static final int FLIGHTS = 10_000;
    private static final int PLATFORM = 50;
    private static final int LIGHT = 1_000;
    private static final int SHORT_MILLIS = 100;

    private final PrintStream out;
    private final List<Chapter> chapters = new ArrayList<>();
    private final Set<Flaw> flaws = new LinkedHashSet<>();

    public Smoke(PrintStream out) {
        this.out = out;
    }

    /**
     * What was measured in passing, so that a report can be tried with it.
     *
     * @throws IllegalStateException if one of them does not
     */
    public List<Chapter> run() {
        for (var kind : Blocking.values()) {
            lonelyFlights(kind);
        }
        for (var kind : Blocking.collapsing()) {
            try (var flock = new Flock(kind)) {
                flock.land(Threads.PLATFORM, PLATFORM, () -> {});
                if (Threads.VIRTUAL.exist()) {
                    flock.land(Threads.VIRTUAL, LIGHT, () -> {});
                }
            }
        }
        for (var kind : Async.values()) {
            try (var flock = new AsyncFlock(kind, LIGHT)) {
                flock.join(LIGHT);
                flock.land();
            }
            forgottenFlight(kind);
        }
        for (var kind : Cached.values()) {
            reads(kind);
        }
        for (var kind : Annotated.values()) {
            calls(kind);
        }
        for (var kind : Bulk.values()) {
            readsOfMany(kind);
        }
        measure(Section.ANSWERS, table -> new Answers(table).run());
        measure(Section.FAILING, table -> new FailingLoad(table, 1, 5, SHORT_MILLIS / 5).run());
        measure(Section.MIXED, table -> new MixedLoop(table, 1, SHORT_MILLIS).run());
        measure(Section.WAITERS, table -> new WaiterMemory(table, 1, PLATFORM, LIGHT).run());
        measure(Section.LONGLOAD, table -> new LongLoad(table, 1, SHORT_MILLIS).run());
        measure(Section.EXPIRY, table -> new HotKey(table, 1, 2 * SHORT_MILLIS).run());
        measure(Section.ENTRIES, table -> new EntryMemory(table, LIGHT).run());
        measure(Section.HITRATIO, table -> new HitRatio(table, 1, LIGHT, FLIGHTS).run());
        measure(Section.HEDGE, table -> new TailLatency(table, LIGHT).run());
        measure(Section.BATCH, table -> new Gathering(table, LIGHT).run());
        measure(Section.STREAMS, table -> new Streaming(table, 1, 1 << 20).run());
        out.println("smoke: every flight had one load, and every caller its value");
        return chapters;
    }

    /** The wrong answers of others. */
    public List<Flaw> flaws() {
        return List.copyOf(flaws);
    }

    private void measure(Section section, Consumer<Table> measurement) {
        var table = new Table(out);
        var part = section.measure(table, () -> measurement.accept(table));
        chapters.add(part.chapter());
        flaws.addAll(part.flaws());
    }

    private static void reads(Cached kind) {
        for (var popularity : HitBenchmark.Popularity.values()) {
            var benchmark = new HitBenchmark();
            benchmark.contender = kind;
            benchmark.popularity = popularity;
            benchmark.prepare();
            var draws = new HitBenchmark.Draws();
            draws.setUp(benchmark, 1);
            for (int i = 0; i < FLIGHTS; i++) {
                require(benchmark.hit(draws) != null, kind + " lost a value");
            }
            benchmark.tearDown();
        }
    }

    private static void calls(Annotated kind) {
        var benchmark = new AnnotatedBenchmark();
        benchmark.contender = kind;
        benchmark.setUp();
        for (int i = 1; i < LIGHT; ) { // the benchmark asks for one product after the other, from the second on
            for (var answer : List.of(benchmark.byArgument(), benchmark.byName(), benchmark.byProperty())) {
                require(answer.equals("product:" + i++), kind + " gave the value of another key");
            }
        }
        benchmark.tearDown();
    }

    private static void readsOfMany(Bulk kind) {
        var keys = IntStream.range(0, PLATFORM).mapToObj(i -> "user:" + i).toList();
        var found = new ArrayList<Object>();
        try (var cache = kind.create(LIGHT)) {
            keys.forEach(key -> cache.put(key, key));
            cache.getAll(keys, value -> {
                if (value instanceof Map<?, ?> map) {
                    found.addAll(map.values());
                } else {
                    found.add(value);
                }
            });
        }
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
