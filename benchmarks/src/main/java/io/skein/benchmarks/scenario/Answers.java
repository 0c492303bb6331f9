package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Flaw;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Whether the answers are right: loads of one key, values from before an invalidation, callers that fail because of others. */
final class Answers {
    static final List<String> LABELS = Cached.labels(Cached.loading());

    /** JetCache has no such call, and so cannot do it wrong. */
    private static final List<Cached> HAVING_DROP_ALL =
            Cached.loading().stream().filter(kind -> kind != Cached.JETCACHE).toList();

    private static final int CALLERS = 50;
    private static final int FAILING = 10;
    private static final int LOAD_MILLIS = 50;
    private static final String KEY = "user:42";

    private final Table table;

    Answers(Table table) {
        this.table = table;
    }

    /** @throws IllegalStateException if an answer of Skein is wrong */
    void run() {
        count("loads, " + CALLERS + " callers of a cold key", Unit.LOADS, 1, "loads once per caller", Answers::cold);
        count(
                "loads, " + FAILING + " callers of a failing load",
                Unit.LOADS,
                1,
                "repeats a failing load for each caller",
                Answers::failing);
        count(
                "loaded before invalidate(key), read after it",
                Unit.WRONG,
                0,
                "keeps what was loaded before invalidate(key)",
                kind -> overtaken(kind, CacheContender::drop));
        count(
                "loaded before invalidateAll(), read after it",
                Unit.WRONG,
                0,
                "keeps what was loaded before invalidateAll()",
                kind -> overtaken(kind, (cache, key) -> cache.dropAll()),
                HAVING_DROP_ALL);
        count(
                "loaded before put(key), read after it",
                Unit.WRONG,
                0,
                "lets an older load replace what was put",
                kind -> overtaken(kind, (cache, key) -> cache.put(key, 2)));
        count(
                "callers that fail when the first one is interrupted",
                Unit.WRONG,
                0,
                "fails all callers when the first one is interrupted",
                Answers::interrupted);
        new Cancelled(table).run();
        waiting();
    }

    private void count(String scenario, Unit unit, double right, String flaw, ToDoubleFunction<Cached> measurement) {
        count(scenario, unit, right, flaw, measurement, Cached.loading());
    }

    private void count(
            String scenario,
            Unit unit,
            double right,
            String flaw,
            ToDoubleFunction<Cached> measurement,
            Collection<Cached> contenders) {
        var row = new LinkedHashMap<String, List<Double>>();
        for (var kind : contenders) {
            double counted = measurement.applyAsDouble(kind);
            if (counted != right && !kind.isSkein()) {
                counted = measurement.applyAsDouble(kind); // what comes out wrong once may be bad luck
            }
            row.put(kind.label(), List.of(counted));
            if (counted != right) {
                note(table, kind.isSkein(), new Flaw(kind.label(), flaw), counted);
            }
        }
        table.add(Row.of(scenario, unit, null, row));
    }

    static void note(Table table, boolean isSkein, Flaw flaw, double counted) {
        if (isSkein) {
            throw new IllegalStateException(flaw.contender() + " " + flaw.what() + ": " + counted);
        }
        table.add(flaw);
    }

    /** Loads while all callers want one key, which nobody has asked for before. */
    private static double cold(Cached kind) {
        var load = new GatedLoad();
        try (var cache = kind.over(load, Bounds.of(CALLERS))) {
            var crowd = Crowd.start(Threads.PLATFORM, CALLERS, () -> cache.get(KEY));
            load.awaitEntered();
            awaitAboard(cache, CALLERS, crowd);
            load.openGate();
            crowd.awaitReturned();
        }
        return load.loads();
    }

    private static double failing(Cached kind) {
        var loads = new AtomicInteger();
        var load = new GatedLoad();
        Function<String, Object> loader = key -> {
            loads.incrementAndGet();
            load.apply(key);
            throw new IllegalStateException("down");
        };
        try (var cache = kind.over(loader, Bounds.of(CALLERS))) {
            var crowd = Crowd.start(Threads.PLATFORM, FAILING, () -> {
                try {
                    cache.get(KEY);
                    return "no failure";
                } catch (RuntimeException e) { // of many kinds
                    return GatedLoad.VALUE;
                }
            });
            load.awaitEntered();
            awaitAboard(cache, FAILING, crowd);
            load.openGate();
            crowd.awaitReturned();
        }
        return loads.get();
    }

    /** Whoever were not aboard yet would come after the load, and have another. */
    private static void awaitAboard(CacheContender<String> cache, int callers, Crowd crowd) {
        crowd.awaitWaiting();
        Patience.until(() -> cache.hasAboard(callers), "callers to board");
    }

    /** The source changes during a load, the cache is told, and the load ends. How many reads after that find what it was before. */
    private static double overtaken(Cached kind, BiConsumer<CacheContender<String>, String> change) {
        return during(kind, change).stale();
    }

    private record Overtaken(double stale, double nanos) {}

    private static Overtaken during(Cached kind, BiConsumer<CacheContender<String>, String> change) {
        var source = new AtomicInteger(1);
        var entered = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        Function<String, Object> loader = key -> {
            int read = source.get();
            entered.countDown();
            Patience.await(gate, "the gate of the load");
            return read;
        };
        try (var cache = kind.over(loader, Bounds.of(CALLERS))) {
            var reader = new Thread(() -> cache.get(KEY), "reader");
            reader.start();
            Patience.await(entered, "the start of the load of " + kind.label());
            source.set(2);
            var took = new AtomicReference<Long>();
            var writer = new Thread(
                    () -> {
                        long start = System.nanoTime();
                        change.accept(cache, KEY);
                        took.set(System.nanoTime() - start);
                    },
                    "writer");
            writer.start();
            Patience.until(() -> !writer.isAlive() || Crowd.waits(writer), "the change");
            writer.join(LOAD_MILLIS); // some wait for the load
            gate.countDown();
            Patience.join(writer, "the change");
            Patience.join(reader, "the first reader");
            return new Overtaken(Integer.valueOf(2).equals(cache.get(KEY)) ? 0 : 1, took.get());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for a reader and a writer", e);
        }
    }

    /** The first caller is interrupted during its load; how many of the others fail. */
    private static double interrupted(Cached kind) {
        var loaded = new AtomicBoolean();
        var entered = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        var failures = new AtomicInteger();
        Function<String, Object> loader = key -> {
            if (!loaded.compareAndSet(false, true)) {
                return GatedLoad.VALUE;
            }
            entered.countDown();
            try {
                gate.await();
                if (Thread.interrupted()) { // the gate was faster
                    throw new InterruptedException();
                }
                return GatedLoad.VALUE;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        };
        try (var cache = kind.plain(loader, Bounds.of(CALLERS))) {
            var leader = Crowd.start(Threads.PLATFORM, 1, () -> quietly(cache, new AtomicInteger()));
            Patience.await(entered, "the start of the load");
            var followers = Crowd.start(Threads.PLATFORM, FAILING, () -> quietly(cache, failures));
            if (kind != Cached.CACHEABLE) { // whose callers have their own loads, which are over at once
                followers.awaitWaiting();
                Patience.until(() -> cache.hasAboard(1 + FAILING), "callers to board");
            }
            leader.interrupt();
            gate.countDown(); // for a load on another thread, which goes on
            leader.awaitReturned();
            followers.awaitReturned();
        }
        return failures.get();
    }

    private static Object quietly(CacheContender<String> cache, AtomicInteger failures) {
        try {
            cache.get(KEY);
        } catch (RuntimeException e) { // of many kinds
            failures.incrementAndGet();
        }
        return GatedLoad.VALUE;
    }

    /** No flaw, but good to know. */
    private void waiting() {
        Map<String, List<Double>> row = new LinkedHashMap<>();
        for (var kind : Cached.loading()) {
            row.put(kind.label(), List.of(during(kind, CacheContender::drop).nanos()));
        }
        table.add(Row.of(
                "invalidate(key), while its load takes " + LOAD_MILLIS + " ms more", Unit.MILLISECONDS, null, row));
    }
}
