package io.skein.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** A read of what is there and fresh; some keys are much more popular than others. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class HitBenchmark {
    private static final int KEYS = 10_000;
    private static final int DRAWS = 1 << 16;
    private static final double EXPONENT = 0.99;
    private static final Object VALUE = new Object();

    @Param({"SKEIN", "CAFFEINE", "CAFFEINE_LOADING", "GUAVA", "MAP"})
    public Cached contender;

    private CacheContender<String> cache;
    private String[] keys;

    /** Guava bounds each of its segments, and would evict from a cache that is just large enough. */
    @Setup
    public void setUp() {
        cache = contender.over(key -> VALUE, 2 * KEYS);
        keys = IntStream.range(0, KEYS).mapToObj(i -> "user:" + i).toArray(String[]::new);
        for (var key : keys) {
            cache.put(key, VALUE);
        }
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
            draws = IntStream.of(new Zipf(EXPONENT, KEYS).draws(DRAWS, random))
                    .mapToObj(i -> benchmark.keys[i])
                    .toArray(String[]::new);
        }

        String next() {
            return draws[next++ & (DRAWS - 1)];
        }
    }
}
