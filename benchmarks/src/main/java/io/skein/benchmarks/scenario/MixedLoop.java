package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.CacheContender;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Callers that ask for one key after the other, without a pause, of a cache that is smaller than what they want and forgets
 * soon.
 */
final class MixedLoop {
    static final String THROUGHPUT = "P11 requests";
    static final String P50 = "P11 a request, p50";
    static final String P99 = "P11 a request, p99";
    static final String P999 = "P11 a request, p99.9";
    static final String LOADS = "P11 loads per 100 requests";
    static final List<String> LABELS = Cached.labels(Cached.loading());

    private static final int KEYS = 100_000;
    private static final int CALLERS = 200;
    private static final Bounds BOUNDS = new Bounds(10_000, Duration.ofMillis(250));
    private static final long LOAD = 1_000_000;
    private static final int DRAWS = 1 << 18;
    private static final double EXPONENT = 0.99;

    /** So long it takes until the compiler has got its turn among so many threads. */
    private static final int WARMUPS = 3;

    private final Table table;
    private final int rounds;
    private final long warmup;
    private final long nanos;
    private final Integer[] keys;

    /** @param millis that one contender is measured for, after half of it to warm up */
    MixedLoop(Table table, int rounds, int millis) {
        this.table = table;
        this.rounds = rounds;
        this.nanos = millis * 1_000_000L;
        this.warmup = nanos / 2;
        int[] draws = new Zipf(EXPONENT, KEYS).draws(DRAWS, new SplittableRandom(1));
        var numbers = new Integer[KEYS];
        for (int i = 0; i < KEYS; i++) {
            numbers[i] = i;
        }
        this.keys = new Integer[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            keys[i] = numbers[draws[i]];
        }
    }

    private record Measured(double perSecond, double p50, double p99, double p999, double loadsPerHundred) {}

    void run() {
        var measured = new Rounds<Cached, Measured>(Cached.loading());
        Cached.loading().forEach(contender -> loop(contender, 1, 0)); // with processors to spare for the compiler
        measured.run(WARMUPS, rounds, contender -> loop(contender, CALLERS, LOAD));
        var base = Cached.CAFFEINE.label();
        table.add(Row.of(THROUGHPUT, Unit.PER_SECOND, base, measured.each(Cached::label, Measured::perSecond)));
        table.add(Row.of(P50, Unit.MICROSECONDS, base, measured.each(Cached::label, Measured::p50)));
        table.add(Row.of(P99, Unit.MICROSECONDS, base, measured.each(Cached::label, Measured::p99)));
        table.add(Row.of(P999, Unit.MICROSECONDS, base, measured.each(Cached::label, Measured::p999)));
        table.add(Row.of(LOADS, Unit.LOADS, base, measured.each(Cached::label, Measured::loadsPerHundred)));
        table.add(Plot.bars("mixed-throughput", "Requests per second, thousands", List.of(THROUGHPUT)));
        table.add(Plot.bars("mixed-latency", "One request of the loop, us", List.of(P99, P999)));
    }

    private Measured loop(Cached kind, int size, long load) {
        var loads = new LongAdder();
        long from = System.nanoTime() + warmup;
        Function<Integer, Object> loader = key -> {
            long now = System.nanoTime();
            if (now >= from && now < from + nanos) {
                loads.increment();
            }
            LockSupport.parkNanos(load);
            return key;
        };
        try (var cache = kind.over(loader, BOUNDS)) {
            var callers = new ArrayList<Caller>();
            for (int i = 0; i < size; i++) {
                callers.add(new Caller(cache, i * (DRAWS / size), from, from + nanos));
            }
            var factory = (Threads.VIRTUAL.exist() ? Threads.VIRTUAL : Threads.PLATFORM).factory();
            var threads = callers.stream().map(factory::newThread).toList();
            threads.forEach(Thread::start);
            threads.forEach(thread -> Patience.join(thread, "callers to end"));
            var all = new Histogram(2);
            callers.forEach(caller -> caller.addTo(all));
            double requests = all.getTotalCount();
            return new Measured(
                    requests / (nanos / 1e9),
                    all.getValueAtPercentile(50),
                    all.getValueAtPercentile(99),
                    all.getValueAtPercentile(99.9),
                    100 * loads.sum() / requests);
        }
    }

    private final class Caller implements Runnable {
        private final CacheContender<Integer> cache;
        private final long from;
        private final long end;
        private final Histogram waits = new Histogram(2);
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private int next;

        Caller(CacheContender<Integer> cache, int next, long from, long end) {
            this.cache = cache;
            this.next = next;
            this.from = from;
            this.end = end;
        }

        @Override
        public void run() {
            try {
                long before = System.nanoTime();
                do { // once at least, however late this thread has got to run
                    var key = keys[next++ & (DRAWS - 1)];
                    var value = cache.get(key);
                    long after = System.nanoTime();
                    if (!key.equals(value)) {
                        throw new IllegalStateException("for " + key + " came " + value);
                    }
                    if (before >= from) {
                        waits.recordValue(after - before);
                    }
                    before = after;
                } while (before < end);
            } catch (Throwable e) {
                failure.set(e);
            }
        }

        void addTo(Histogram all) {
            if (failure.get() != null) {
                throw new IllegalStateException("a caller failed", failure.get());
            }
            all.add(waits);
        }
    }
}
