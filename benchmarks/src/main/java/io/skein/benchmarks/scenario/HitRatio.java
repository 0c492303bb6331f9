package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.google.common.collect.Maps;
import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Series;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
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
    private static final String SKEIN = Cached.SKEIN.label();
    private static final String ALL = Cached.CAFFEINE.label();
    private static final String AGAIN = "caffeine again";
    static final List<String> LABELS = List.of(SKEIN, ALL, AGAIN);

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
        var worst = new TreeMap<String, Double>();
        for (var trace : Trace.values()) {
            for (double share : SHARES) {
                var hits = measure(trace, share).each(label -> label, ratio -> ratio);
                var scenario = String.format(Locale.ROOT, "%s, %.0f %% kept", trace.label, 100 * share);
                table.add(Row.of(scenario, Unit.POINTS, ALL, hits));
                for (var label : List.of(SKEIN, AGAIN)) {
                    worst.merge(label, lost(each(hits, label), each(hits, ALL)), Math::max);
                }
            }
        }
        table.add(Row.of(LOST, Unit.POINTS, null, Maps.transformValues(worst, List::of)));
    }

    /** Of what both have read: how many hits the one has less than the other. */
    private static double lost(List<Double> one, List<Double> other) {
        var differences = IntStream.range(0, one.size())
                .mapToObj(round -> other.get(round) - one.get(round))
                .toList();
        return Math.max(0, new Series(differences).quantile(0.5));
    }

    private static List<Double> each(Map<String, List<Double>> hits, String label) {
        return requireNonNull(hits.get(label));
    }

    private Rounds<String, Double> measure(Trace trace, double share) {
        int size = (int) (keys * share);
        int count = Math.max(reads, 20 * size);
        var hits = new Rounds<String, Double>(LABELS);
        int enough = share == SHARES[0] ? 4 * rounds : rounds; // the smaller a cache, the more there is of chance
        for (int round = 0; round < enough; round++) {
            var numbers = trace.draw(keys, size, count, new SplittableRandom(round));
            hits.run(0, 1, label -> hits(label, size, numbers));
        }
        return hits;
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
        if (label.equals(SKEIN)) {
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
