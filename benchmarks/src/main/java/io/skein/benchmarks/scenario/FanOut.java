package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * From landing to the return of the last caller. One landing is one measurement; contenders take turns, each round begins with
 * another one, and all start with an empty young generation.
 */
final class FanOut {
    static final List<String> LABELS = union();

    private static final int[] PLATFORM = {10, 100, 1_000};
    private static final int[] LIGHT = {10, 100, 1_000, 10_000, 100_000};
    private static final int HEAVY = 1_000;

    private final Effort effort;
    private final Table table;

    FanOut(Effort effort, Table table) {
        this.effort = effort;
        this.table = table;
    }

    private static List<String> union() {
        return Blocking.collapsing().stream().map(Blocking::label).toList();
    }

    static String scenario(Threads kind, int callers) {
        var what = kind == Threads.PLATFORM ? "P4 landing, %,d platform threads" : "P5 landing, %,d virtual threads";
        return String.format(Locale.ROOT, what, callers);
    }

    static String asyncScenario(int callers) {
        return String.format(Locale.ROOT, "P6 landing, %,d async callers", callers);
    }

    void run() {
        threads(Threads.PLATFORM, PLATFORM);
        if (Threads.VIRTUAL.exist()) {
            threads(Threads.VIRTUAL, LIGHT);
        }
        async();
    }

    private void threads(Threads kind, int[] sizes) {
        var flocks = new LinkedHashMap<String, Flock>();
        Blocking.collapsing().forEach(contender -> flocks.put(contender.label(), new Flock(contender)));
        try {
            for (int callers : sizes) {
                var landings = new LinkedHashMap<String, Landing>();
                flocks.forEach((label, flock) -> landings.put(label, () -> flock.land(kind, callers, () -> {})));
                measure(scenario(kind, callers), callers, landings);
            }
        } finally {
            flocks.values().forEach(Flock::close);
        }
        var word = kind.name().toLowerCase(Locale.ROOT);
        plot(word, "From the landing to the last of N " + word + " threads, ms", sizes, n -> scenario(kind, n));
    }

    private void async() {
        var flocks = new LinkedHashMap<String, AsyncFlock>();
        for (var contender : Async.values()) {
            flocks.put(contender.label(), new AsyncFlock(contender, LIGHT[LIGHT.length - 1] + 1));
        }
        try {
            for (int callers : LIGHT) {
                var landings = new LinkedHashMap<String, Landing>();
                flocks.forEach((label, flock) -> landings.put(label, () -> {
                    flock.join(callers + 1);
                    return flock.land();
                }));
                measure(asyncScenario(callers), callers, landings);
            }
        } finally {
            flocks.values().forEach(AsyncFlock::close);
        }
        plot("async", "From the landing to the last of N futures, ms", LIGHT, FanOut::asyncScenario);
    }

    private void plot(String id, String title, int[] sizes, IntFunction<String> scenario) {
        var places = Arrays.stream(sizes).mapToObj(n -> (double) n).toList();
        var scenarios = Arrays.stream(sizes).mapToObj(scenario).toList();
        table.add(Plot.curves("landing-" + id, title, "callers", scenarios, places));
    }

    @FunctionalInterface
    private interface Landing {
        long nanos();
    }

    private void measure(String scenario, int callers, Map<String, Landing> landings) {
        var rounds = new Rounds<String, Double>(landings.keySet());
        rounds.run(effort.warmupRounds(callers), effort.rounds(callers), label -> {
            if (callers > HEAVY) {
                System.gc();
            }
            return (double) requireNonNull(landings.get(label)).nanos();
        });
        table.add(Row.of(
                scenario, Unit.MILLISECONDS, Blocking.BARE.label(), rounds.each(label -> label, nanos -> nanos)));
    }
}
