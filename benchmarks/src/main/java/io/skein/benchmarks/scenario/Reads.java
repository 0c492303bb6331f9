package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Annotated;
import io.skein.benchmarks.contender.Bulk;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The sections on reading what is there, which JMH measures. */
final class Reads {
    static final int[] THREADS = {1, 2, 8};

    private static final int[] TWO = {2};
    static final String ALL = "getAll of 100 hits";
    static final String BY_ARGUMENT = "P10 the argument is the key";
    static final String BY_NAME = "P10 key = \"#id\"";
    static final String BY_PROPERTY = "P10 key = \"#criteria.id\"";

    private final JmhRounds jmh;
    private final Table table;
    private final Effort effort;

    Reads(Effort effort, Table table) {
        this.effort = effort;
        this.jmh = new JmhRounds(effort);
        this.table = table;
    }

    static String hit(HitBenchmark.Popularity popularity, int threads) {
        var prefix = popularity == HitBenchmark.Popularity.ZIPF ? "P1 hit" : "hit, uniform";
        return String.format(Locale.ROOT, "%s, %d thread%s", prefix, threads, threads == 1 ? "" : "s");
    }

    static String allocated(String scenario) {
        return scenario + ", allocated";
    }

    void single() {
        var contenders = JmhRounds.parameters(List.of(Cached.values()), Cached::label);
        for (var popularity : HitBenchmark.Popularity.values()) {
            var scenarios = new ArrayList<String>();
            boolean all = effort == Effort.FULL || popularity == HitBenchmark.Popularity.ZIPF;
            for (int threads : all ? THREADS : TWO) {
                var others = Map.of("popularity", popularity.name());
                var measured = jmh.run(HitBenchmark.class, "hit", threads, contenders, others);
                var scenario = hit(popularity, threads);
                scenarios.add(scenario);
                rows(scenario, Cached.CAFFEINE_PRESENT.label(), measured);
            }
            var id = popularity.name().toLowerCase(Locale.ROOT);
            table.add(Plot.bars("hit-" + id, "A hit, ns, " + id + " keys, by threads", scenarios));
        }
    }

    void all() {
        var contenders = JmhRounds.parameters(List.of(Bulk.values()), Bulk::label);
        rows(ALL, Bulk.CAFFEINE_SINGLY.label(), jmh.run(GetAllBenchmark.class, "getAll", 1, contenders, Map.of()));
    }

    void annotated() {
        annotated("byArgument", BY_ARGUMENT);
        annotated("byName", BY_NAME);
        annotated("byProperty", BY_PROPERTY);
        table.add(
                Plot.bars("annotated", "A hit through an annotation, ns", List.of(BY_ARGUMENT, BY_NAME, BY_PROPERTY)));
    }

    private void annotated(String method, String scenario) {
        var contenders = JmhRounds.parameters(List.of(Annotated.values()), Annotated::label);
        rows(scenario, Annotated.CACHEABLE.label(), jmh.run(AnnotatedBenchmark.class, method, 1, contenders, Map.of()));
    }

    private void rows(String scenario, String base, JmhRounds.Measured measured) {
        table.add(Row.of(scenario, Unit.NANOSECONDS, base, measured.nanos()));
        table.add(Row.of(allocated(scenario), Unit.BYTES, base, measured.bytes()));
    }
}
