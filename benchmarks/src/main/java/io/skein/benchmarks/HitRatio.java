package io.skein.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What it costs in hits that Skein does not tell Caffeine of every read. Caffeine adapts to what it sees with some chance in it, so that
 * the same trace may come out a point apart twice; hence several rounds.
 */
final class HitRatio {
    static final String LOST = "hits lost at worst";
    static final List<String> LABELS = List.of(Cached.SKEIN.label(), Cached.CAFFEINE.label());

    private static final double[] SHARES = {0.01, 0.05, 0.2};
    private static final List<Cached> CONTENDERS = List.of(Cached.SKEIN, Cached.CAFFEINE);
    private static final Object VALUE = new Object();

    private final Table table;
    private final int rounds;
    private final int keys;
    private final int reads;

    /** @param reads at least; more for a large cache */
    HitRatio(Table table, int rounds, int keys, int reads) {
        this.table = table;
        this.rounds = rounds;
        this.keys = keys;
        this.reads = reads;
    }

    void run() {
        var lost = new ArrayList<Double>();
        for (var trace : Trace.values()) {
            for (double share : SHARES) {
                var row = measure(trace, share);
                table.add(row);
                lost.add(median(row, Cached.CAFFEINE) - median(row, Cached.SKEIN));
            }
        }
        double worst = lost.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        table.add(new Row(
                LOST,
                Unit.POINTS,
                Cached.SKEIN.label(),
                Map.of(Cached.SKEIN.label(), new Series(List.of(Math.max(0, worst))))));
    }

    private static double median(Row row, Cached contender) {
        var series = row.of(contender.label());
        return series == null ? 0 : series.median();
    }

    private Row measure(Trace trace, double share) {
        int size = (int) (keys * share);
        int count = Math.max(reads, 100 * size);
        var samples = new HashMap<String, List<Double>>();
        for (int round = 0; round < rounds; round++) {
            var numbers = trace.draw(keys, size, count, new SplittableRandom(round));
            for (var contender : CONTENDERS) {
                samples.computeIfAbsent(contender.label(), l -> new ArrayList<>())
                        .add(hits(contender, size, numbers));
            }
        }
        var series = new HashMap<String, Series>();
        samples.forEach((label, values) -> series.put(label, new Series(values)));
        var scenario = String.format(Locale.ROOT, "%s, %.0f %% kept", trace.label, 100 * share);
        return new Row(scenario, Unit.POINTS, Cached.CAFFEINE.label(), series);
    }

    /** In hundredths of the reads, after a quarter of them has filled the cache. */
    private static double hits(Cached contender, int size, int[] numbers) {
        var keys = IntStream.rangeClosed(0, Arrays.stream(numbers).max().orElse(0))
                .boxed()
                .toArray(Integer[]::new);
        int warmup = numbers.length / 4;
        int hits = 0;
        try (var cache = contender.<Integer>over(key -> VALUE, size)) {
            for (int i = 0; i < numbers.length; i++) {
                var key = keys[numbers[i]];
                @Nullable Object found = cache.find(key);
                if (found == null) {
                    cache.put(key, VALUE);
                } else if (i >= warmup) {
                    hits++;
                }
            }
        }
        return 100.0 * hits / (numbers.length - warmup);
    }
}
