package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.AsyncContender;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The calls around a flight, by asynchronous callers. Every flight lands in the end: a bare future keeps the dependents that were
 * cancelled until then, and would otherwise fill the heap.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class CallsBenchmark {
    private static final int CALLERS = 1_000;
    private static final String KEY = "user:42";
    private static final Object VALUE = new Object();

    @Param("SKEIN")
    public Async contender;

    private CompletableFuture<Object> source;
    private AsyncContender flights;

    @Setup
    public void setUp() {
        flights = contender.over(key -> source);
    }

    @TearDown
    public void tearDown() {
        flights.close();
    }

    /** Callers come and give up, one after the other, while the leader stays aboard; per caller. */
    @Benchmark
    @OperationsPerInvocation(CALLERS)
    public CompletableFuture<Object> joinAndLeave() {
        source = new CompletableFuture<>();
        var leader = flights.load(KEY);
        for (int i = 0; i < CALLERS; i++) {
            flights.load(KEY).cancel(true);
        }
        source.complete(VALUE);
        flights.forget(KEY);
        return leader;
    }

    /** Take off, forget, land. */
    @Benchmark
    public CompletableFuture<Object> forgetFlight(Blackhole hole) {
        source = new CompletableFuture<>();
        var leader = flights.load(KEY);
        hole.consume(flights.forget(KEY));
        source.complete(VALUE);
        return leader;
    }

    @Benchmark
    public boolean forgetNothing() {
        return flights.forget(KEY);
    }
}
