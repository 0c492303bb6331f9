package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.contender.BlockingContender;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** A flight that nobody joins: take off, load trivially, land. Each thread has keys of its own. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class FlightBenchmark {
    private static final int KEYS = 1_024;
    private static final Object VALUE = new Object();

    @Param("SKEIN")
    public Blocking contender;

    private BlockingContender flights;

    @Setup
    public void setUp() {
        flights = contender.over(key -> VALUE);
    }

    @TearDown
    public void tearDown() {
        flights.close();
    }

    @Benchmark
    public Object flight(Keys keys) {
        var key = keys.next();
        var value = flights.load(key);
        flights.drop(key);
        return value;
    }

    /** The keys of one thread, round and round. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    public static class Keys {
        private String[] keys;
        private int next;

        @Setup
        public void setUp(ThreadParams thread) {
            keys = IntStream.range(0, KEYS)
                    .mapToObj(i -> "user:" + thread.getThreadIndex() + ":" + i)
                    .toArray(String[]::new);
        }

        String next() {
            return keys[next++ & (KEYS - 1)];
        }
    }
}
