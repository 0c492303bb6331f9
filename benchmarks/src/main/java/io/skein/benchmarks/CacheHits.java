package io.skein.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The sections on reading what is there, which JMH measures. */
final class CacheHits {
    static final int[] THREADS = {1, 2, 8};
    static final String ALL = "getAll of 100 hits";

    private final JmhRounds jmh;
    private final Table table;

    CacheHits(Effort effort, Table table) {
        this.jmh = new JmhRounds(effort);
        this.table = table;
    }

    static String scenario(int threads) {
        return String.format(Locale.ROOT, "P1 hit, %d thread%s", threads, threads == 1 ? "" : "s");
    }

    static String allocated(int threads) {
        return scenario(threads) + ", allocated";
    }

    void single() {
        var contenders = labels(Cached.values(), Cached::label);
        for (int threads : THREADS) {
            var measured = jmh.run(HitBenchmark.class, "hit", threads, contenders);
            table.add(new Row(scenario(threads), Unit.NANOSECONDS, Cached.CAFFEINE.label(), measured.nanos()));
            table.add(new Row(allocated(threads), Unit.BYTES, Cached.CAFFEINE.label(), measured.bytes()));
        }
    }

    void all() {
        var measured = jmh.run(GetAllBenchmark.class, "getAll", 1, labels(Bulk.values(), Bulk::label));
        table.add(new Row(ALL, Unit.NANOSECONDS, Bulk.CAFFEINE_SINGLY.label(), measured.nanos()));
        table.add(new Row("   allocated", Unit.BYTES, Bulk.CAFFEINE_SINGLY.label(), measured.bytes()));
    }

    private static <E extends Enum<E>> Map<String, String> labels(E[] contenders, Function<E, String> label) {
        var labels = new LinkedHashMap<String, String>();
        Arrays.stream(contenders).forEach(contender -> labels.put(contender.name(), label.apply(contender)));
        return labels;
    }
}
