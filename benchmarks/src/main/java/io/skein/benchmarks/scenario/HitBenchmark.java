package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/** A read of what is there and fresh. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class HitBenchmark {
    private static final int KEYS = 10_000;
    private static final int DRAWS = 1 << 16;
    private static final long ALONE = 2_000_000_000;
    private static final Object VALUE = new Object();

    /** How popular the keys are. */
    public enum Popularity {
        /** Some much more than others. */
        ZIPF(0.99),
        /** All alike. */
        UNIFORM(0);

        private final double exponent;

        Popularity(double exponent) {
            this.exponent = exponent;
        }
    }

    @Param("SKEIN")
    public Cached contender;

    @Param("ZIPF")
    public Popularity popularity;

    private CacheContender<String> cache;
    private String[] keys;

    @Setup
    public void setUp(BenchmarkParams params) {
        prepare();
        if (params.getThreads() > Runtime.getRuntime().availableProcessors()) {
            readAlone();
        }
    }

    /**
     * Filled to two thirds: below a half, Caffeine takes no note of reads yet; above, Guava would evict, which bounds each of its
     * segments.
     */
    void prepare() {
        cache = contender.over(key -> VALUE, Bounds.of(KEYS * 3 / 2));
        keys = IntStream.range(0, KEYS).mapToObj(i -> "user:" + i).toArray(String[]::new);
        for (var key : keys) {
            cache.put(key, VALUE);
        }
    }

    /** With processors to spare for the compiler, which has to share them with all the threads afterwards. */
    private void readAlone() {
        long end = System.nanoTime() + ALONE;
        do {
            for (var key : keys) {
                if (cache.get(key) == null) {
                    throw new IllegalStateException(contender + " lost a value");
                }
            }
        } while (System.nanoTime() < end);
    }

    @TearDown
    public void tearDown() {
        cache.close();
    }

    @Benchmark
    public @Nullable Object hit(Draws draws) {
        return cache.get(draws.next());
    }

    /** Keys drawn for one thread beforehand, round and round. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    public static class Draws {
        private String[] draws;
        private int next;

        @Setup
        public void setUp(HitBenchmark benchmark, ThreadParams thread) {
            setUp(benchmark, thread.getThreadIndex());
        }

        void setUp(HitBenchmark benchmark, int seed) {
            var random = new SplittableRandom(seed);
            draws = IntStream.of(new Zipf(benchmark.popularity.exponent, KEYS).draws(DRAWS, random))
                    .mapToObj(i -> benchmark.keys[i])
                    .toArray(String[]::new);
        }

        String next() {
            return draws[next++ & (DRAWS - 1)];
        }
    }
}
