package io.skein.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * From landing to the return of the last caller. One landing is one measurement; contenders take turns, each round begins with
 * another one, and all start with an empty young generation.
 */
final class FanOut {
    private static final int[] PLATFORM = {10, 100, 1_000};
    private static final int[] LIGHT = {10, 100, 1_000, 10_000, 100_000};
    private static final int HEAVY = 1_000;

    private final Effort effort;
    private final Table table;

    FanOut(Effort effort, Table table) {
        this.effort = effort;
        this.table = table;
    }

    static String scenario(Threads kind, int callers) {
        var what = kind == Threads.PLATFORM ? "P4 landing, %,d platform threads" : "P5 landing, %,d virtual threads";
        return String.format(Locale.ROOT, what, callers);
    }

    static String asyncScenario(int callers) {
        return String.format(Locale.ROOT, "P6 landing, %,d async callers", callers);
    }

    void run() {
        for (int callers : PLATFORM) {
            threads(Threads.PLATFORM, callers, EnumSet.complementOf(EnumSet.of(Blocking.HAND_MADE_PRESIZED)));
        }
        if (Threads.VIRTUAL.exist()) {
            for (int callers : LIGHT) {
                threads(
                        Threads.VIRTUAL,
                        callers,
                        EnumSet.of(Blocking.BARE, Blocking.HAND_MADE, Blocking.SKEIN, Blocking.CAFFEINE_ASYNC));
            }
        }
        for (int callers : LIGHT) {
            async(callers);
        }
    }

    private void threads(Threads kind, int callers, Set<Blocking> contenders) {
        var landings = new LinkedHashMap<String, Landing>();
        for (var contender : contenders) {
            landings.put(contender.label(), () -> land(contender, kind, callers));
        }
        measure(scenario(kind, callers), callers, landings);
    }

    private void async(int callers) {
        var landings = new LinkedHashMap<String, Landing>();
        for (var contender : Async.values()) {
            landings.put(contender.label(), () -> landAsync(contender, callers));
        }
        measure(asyncScenario(callers), callers, landings);
    }

    /** Nanoseconds of one landing with so many followers aboard, on a flight made for it. */
    static long land(Blocking contender, Threads kind, int callers) {
        try (var flock = new Flock(contender, kind, callers)) {
            return flock.land();
        }
    }

    /** The same with asynchronous followers. */
    static long landAsync(Async contender, int callers) {
        try (var flock = new AsyncFlock(contender, callers)) {
            flock.join(callers);
            return flock.land();
        }
    }

    @FunctionalInterface
    private interface Landing {
        long nanos();
    }

    private void measure(String scenario, int callers, Map<String, Landing> landings) {
        var samples = new HashMap<String, List<Double>>();
        var turn = new ArrayList<>(landings.entrySet());
        int warmup = effort.warmupRounds(callers);
        for (int round = -warmup; round < effort.rounds(callers); round++) {
            for (var landing : turn) {
                if (callers > HEAVY) {
                    System.gc();
                }
                double nanos = landing.getValue().nanos();
                if (round >= 0) {
                    samples.computeIfAbsent(landing.getKey(), l -> new ArrayList<>())
                            .add(nanos);
                }
            }
            Collections.rotate(turn, 1);
        }
        var series = new HashMap<String, Series>();
        samples.forEach((label, values) -> series.put(label, new Series(values)));
        table.add(new Row(scenario, Unit.MILLISECONDS, Blocking.BARE.label(), series));
    }
}
