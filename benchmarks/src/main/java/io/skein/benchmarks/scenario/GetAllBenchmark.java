package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Bulk;
import io.skein.benchmarks.contender.BulkContender;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** A read of a hundred keys that are there and fresh. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class GetAllBenchmark {
    private static final int KEYS = 10_000;
    private static final int AT_ONCE = 100;

    @Param("SKEIN")
    public Bulk contender;

    private BulkContender cache;
    private List<List<String>> pages;
    private int next;

    @Setup
    public void setUp() {
        cache = contender.create(KEYS * 3 / 2);
        var keys = IntStream.range(0, KEYS).mapToObj(i -> "user:" + i).collect(Collectors.toList());
        keys.forEach(key -> cache.put(key, key));
        Collections.shuffle(keys, new Random(1));
        pages = IntStream.range(0, KEYS / AT_ONCE)
                .mapToObj(i -> List.copyOf(keys.subList(i * AT_ONCE, (i + 1) * AT_ONCE)))
                .toList();
    }

    @TearDown
    public void tearDown() {
        cache.close();
    }

    @Benchmark
    public void getAll(Blackhole hole) {
        next = (next + 1) % pages.size();
        cache.getAll(pages.get(next), hole::consume);
    }
}
