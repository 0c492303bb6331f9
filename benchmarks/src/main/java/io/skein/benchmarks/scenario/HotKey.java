package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import io.skein.benchmarks.contender.Freshness;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Series;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One key that everybody wants, and that expires again and again. */
final class HotKey {
    private static final Duration TTL = Duration.ofMillis(200);
    private static final long LOAD = 50_000_000;
    private static final int CALLERS = 4;
    private static final long SLICE = 10_000_000;
    private static final long DRAWN_FOR = 1_000_000_000;
    private static final String KEY = "user:42";

    private static final String P99 = "a read, p99";
    private static final String WORST = "a read, at worst";
    private static final String LOADS = "loads in 10 times to live";
    private static final String OLDEST = "the oldest value that was read";

    /** Whose course is drawn. */
    private static final Set<Freshness> DRAWN = EnumSet.of(
            Freshness.SKEIN_TTL,
            Freshness.SKEIN_AHEAD,
            Freshness.SKEIN_SOFT,
            Freshness.CAFFEINE_TTL,
            Freshness.CACHEABLE_SYNC);

    private final Table table;
    private final int rounds;
    private final long nanos;

    /** @param millis that one contender is measured for */
    HotKey(Table table, int rounds, int millis) {
        this.table = table;
        this.rounds = rounds;
        this.nanos = millis * 1_000_000L;
    }

    private record Course(
            double p50, double p99, double worst, double loads, double oldest, SortedMap<Integer, Double> slices) {}

    void run() {
        var courses = new Rounds<Freshness, Course>(List.of(Freshness.values()));
        var tracks = new EnumMap<Freshness, Plot.Track>(Freshness.class);
        courses.run(0, rounds, policy -> {
            var course = watch(policy);
            if (DRAWN.contains(policy)) {
                tracks.put(policy, track(policy, course)); // that of the last round
            }
            return course;
        });
        var base = Freshness.SKEIN_TTL.label();
        table.add(Row.of("a read, p50", Unit.MICROSECONDS, base, courses.each(Freshness::label, Course::p50)));
        table.add(Row.of(P99, Unit.MILLISECONDS, base, courses.each(Freshness::label, Course::p99)));
        table.add(Row.of(WORST, Unit.MILLISECONDS, base, courses.each(Freshness::label, Course::worst)));
        table.add(Row.of(LOADS, Unit.LOADS, base, courses.each(Freshness::label, Course::loads)));
        table.add(Row.of(OLDEST, Unit.MILLISECONDS, base, courses.each(Freshness::label, Course::oldest)));
        table.add(Plot.bars("hot-key", "A read of a hot key, p99 and worst, ms", List.of(P99, WORST)));
        table.add(Plot.timeline(
                "hot-key-course",
                "The longest read of each 10 ms of a hot key, ms",
                "milliseconds",
                List.copyOf(tracks.values())));
    }

    private static Plot.Track track(Freshness policy, Course course) {
        int last = (int) (DRAWN_FOR / SLICE);
        var seconds = new ArrayList<Double>();
        var values = new ArrayList<Double>();
        course.slices().forEach((slice, nanos) -> {
            if (slice < last) {
                seconds.add(slice * SLICE / 1e9);
                values.add(Unit.MILLISECONDS.in(nanos));
            }
        });
        return new Plot.Track(policy.label(), seconds, values);
    }

    private Course watch(Freshness policy) {
        var loads = new AtomicInteger();
        var oldest = new AtomicLong();
        try (var cache = policy.over(
                key -> {
                    loads.incrementAndGet();
                    long read = System.nanoTime();
                    LockSupport.parkNanos(LOAD);
                    return read;
                },
                TTL)) {
            cache.get(KEY);
            loads.set(0);
            var callers = new ArrayList<PacedCaller>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(new PacedCaller(
                        () -> {
                            long read = (Long) requireNonNull(cache.get(KEY));
                            long age = System.nanoTime() - read;
                            oldest.accumulateAndGet(age, Math::max);
                        },
                        () -> {}));
            }
            var stop = new AtomicBoolean();
            long start = System.nanoTime();
            callers.forEach(caller -> caller.start(stop));
            LockSupport.parkNanos(nanos);
            stop.set(true);
            double expiries = (double) (System.nanoTime() - start) / TTL.toNanos();
            var waits = new ArrayList<Double>();
            var slices = new TreeMap<Integer, Double>();
            for (var caller : callers) {
                for (var wait : caller.waits()) {
                    waits.add(wait.nanos());
                    slices.merge((int) ((wait.at() - start) / SLICE), wait.nanos(), Math::max);
                }
            }
            var all = new Series(waits);
            return new Course(
                    all.quantile(0.5),
                    all.quantile(0.99),
                    all.quantile(1),
                    10 * loads.get() / expiries,
                    oldest.get(),
                    slices);
        }
    }
}
