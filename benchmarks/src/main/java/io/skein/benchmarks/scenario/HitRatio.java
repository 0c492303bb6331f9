package io.skein.benchmarks.scenario;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What it costs in hits that Skein does not tell Caffeine of every read. There is some chance in how Caffeine adapts to
 * what it sees, so it is measured twice: what it loses against itself, no difference can be made out below.
 */
final class HitRatio {
    static final String LOST = "hits lost at worst";
    static final List<String> LABELS = List.of(Cached.SKEIN.label(), Cached.CAFFEINE.label(), "caffeine again");

    private static final double[] SHARES = {0.01, 0.05, 0.2};

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
        double lost = 0;
        double lostAgain = 0;
        for (var trace : Trace.values()) {
            for (double share : SHARES) {
                var row = measure(trace, share);
                table.add(row);
                lost = Math.max(lost, lost(row, LABELS.get(0)));
                lostAgain = Math.max(lostAgain, lost(row, LABELS.get(2)));
            }
        }
        var worst = Map.of(LABELS.get(0), List.of(lost), LABELS.get(2), List.of(lostAgain));
        table.add(Row.of(LOST, Unit.POINTS, null, worst));
    }

    private static double lost(Row row, String label) {
        var one = row.of(label);
        var all = row.of(row.base());
        return one == null || all == null ? 0 : all.median() - one.median();
    }

    private Row measure(Trace trace, double share) {
        int size = (int) (keys * share);
        int count = Math.max(reads, 20 * size);
        var samples = new LinkedHashMap<String, List<Double>>();
        for (int round = 0; round < rounds; round++) {
            var numbers = trace.draw(keys, size, count, new SplittableRandom(round));
            for (var label : LABELS) {
                samples.computeIfAbsent(label, l -> new ArrayList<>()).add(hits(label, size, numbers));
            }
        }
        var scenario = String.format(Locale.ROOT, "%s, %.0f %% kept", trace.label, 100 * share);
        return Row.of(scenario, Unit.POINTS, Cached.CAFFEINE.label(), samples);
    }

    /** In hundredths of the reads, after a quarter of them has filled the cache. */
    private static double hits(String label, int size, int[] numbers) {
        var keys = IntStream.rangeClosed(0, Arrays.stream(numbers).max().orElse(0))
                .boxed()
                .toArray(Integer[]::new);
        int warmup = numbers.length / 4;
        int hits = 0;
        try (var cache = contender(label, size)) {
            for (int i = 0; i < numbers.length; i++) {
                var key = keys[numbers[i]];
                @Nullable Object found = cache.find(key);
                if (found == null) {
                    cache.put(key, VALUE);
                    // Loads take time, in which Caffeine's upkeep gets done.
                    ForkJoinPool.commonPool().awaitQuiescence(1, TimeUnit.SECONDS);
                } else if (i >= warmup) {
                    hits++;
                }
            }
        }
        return 100.0 * hits / (numbers.length - warmup);
    }

    private static CacheContender<Integer> contender(String label, int size) {
        if (label.equals(Cached.SKEIN.label())) {
            return Cached.SKEIN.over(key -> VALUE, Bounds.of(size));
        }
        return new ToldOfAll(Caffeine.newBuilder()
                .expireAfter(Expiry.writing(
                        (Integer key, Object value) -> Bounds.of(size).ttl()))
                .maximumSize(size)
                .build());
    }

    /** Used as Skein uses it, but for the reads: what is put in other ways comes out up to a point apart. */
    private record ToldOfAll(Cache<Integer, Object> cache) implements CacheContender<Integer> {
        @Override
        public @Nullable Object get(Integer key) {
            return cache.getIfPresent(key);
        }

        @Override
        public @Nullable Object find(Integer key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(Integer key, Object value) {
            cache.asMap().compute(key, (k, old) -> value);
        }

        @Override
        public void drop(Integer key) {
            cache.invalidate(key);
        }

        @Override
        public void dropAll() {
            cache.invalidateAll();
        }
    }
}
