package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Annotated;
import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Unit;
import io.skein.benchmarks.report.Verdict;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Skein promises to reach.
 *
 * @param contender of ours
 * @param limit the most that it may take, as a multiple of the base, or in the row's unit
 * @param other the row of the base; null if the limit is absolute
 * @param base the contender to compare with; null for the best of the others
 */
public record Target(
        String scenario,
        String contender,
        double limit,
        @Nullable String other,
        @Nullable String base) {
    static final int FAILING_CALLERS = 20;

    private static final String SKEIN = Blocking.SKEIN.label();
    private static final double FAILING_NANOS = 220e6;

    private static final double NOISE = 1.5; // so far apart may two runs of the same be

    public static List<Target> all() {
        var targets = new ArrayList<Target>();
        for (int threads : Reads.THREADS) {
            var zipf = Reads.hit(HitBenchmark.Popularity.ZIPF, threads);
            targets.add(against(zipf, 0.5, Cached.CAFFEINE_PRESENT.label()));
            targets.add(absolute(Reads.allocated(zipf), 0));
            targets.add(new Target(zipf, Cached.SKEIN_NEAR.label(), 1.1, zipf, SKEIN));
            targets.add(against(
                    Reads.hit(HitBenchmark.Popularity.UNIFORM, threads), 1.15, Cached.CAFFEINE_PRESENT.label()));
        }
        targets.add(against(Reads.ALL, 1, "caffeine singly"));
        targets.add(against(Flights.ONE_THREAD, 1.5, Blocking.HAND_MADE.label()));
        targets.add(against(Flights.TWO_THREADS, 1.3, Blocking.HAND_MADE_PRESIZED.label()));
        targets.add(against(FanOut.scenario(Threads.PLATFORM, 1_000), 1.1, Blocking.BARE.label()));
        targets.add(against(FanOut.scenario(Threads.VIRTUAL, 10_000), 1.1, Blocking.BARE.label()));
        targets.add(against(FanOut.scenario(Threads.VIRTUAL, 100_000), 1.1, Blocking.BARE.label()));
        targets.add(against(FanOut.asyncScenario(100_000), 1.2, Async.BARE.label()));
        targets.add(absolute(WaiterMemory.BLOCKED, 72));
        targets.add(absolute(WaiterMemory.ASYNC, 160));
        targets.add(absolute(FailingLoad.loads(FAILING_CALLERS), 1));
        targets.add(absolute(FailingLoad.last(FAILING_CALLERS), FAILING_NANOS));
        for (var call : LongLoad.CALLS) {
            targets.add(new Target(call, SKEIN, NOISE, LongLoad.idle(call), SKEIN));
        }
        for (var key : List.of(Reads.BY_ARGUMENT, Reads.BY_NAME, Reads.BY_PROPERTY)) {
            targets.add(annotated(key, 0.4));
            targets.add(annotated(Reads.allocated(key), 1));
        }
        for (var figure : List.of(MixedLoop.THROUGHPUT, MixedLoop.P99, MixedLoop.LOADS)) {
            targets.add(new Target(figure, SKEIN, 1, figure, null));
        }
        targets.add(absolute(EntryMemory.BEYOND, 48));
        targets.add(absolute(HitRatio.LOST, 0.5));
        targets.add(against(Streaming.ONE, 0.7, Streaming.PIPE));
        targets.add(against(Streaming.MANY, 20, Streaming.PIPE));
        return targets;
    }

    private static Target against(String scenario, double limit, String base) {
        return new Target(scenario, SKEIN, limit, scenario, base);
    }

    private static Target absolute(String scenario, double limit) {
        return new Target(scenario, SKEIN, limit, null, null);
    }

    private static Target annotated(String scenario, double limit) {
        return new Target(scenario, Annotated.COALESCED.label(), limit, scenario, Annotated.CACHEABLE.label());
    }

    /** What was reached; empty if it was not measured. */
    public Optional<Verdict> verdict(Map<String, Row> rows) {
        var row = rows.get(scenario);
        var otherRow = other == null ? null : rows.get(other);
        if (row == null || (other != null && otherRow == null)) {
            return Optional.empty();
        }
        var ours = row.of(contender);
        if (ours == null) {
            throw new IllegalStateException(scenario + " was measured without " + contender);
        }
        var unit = row.unit();
        var most = BigDecimal.valueOf(otherRow == null ? unit.in(limit) : limit)
                .stripTrailingZeros()
                .toPlainString();
        if (otherRow == null) {
            // A byte's share of what else is alive on the heap is no miss.
            boolean met = (unit == Unit.BYTES ? Math.rint(ours.median()) : ours.median()) <= limit;
            var reached = unit.format(ours.median()) + " " + unit.symbol();
            return Optional.of(new Verdict(scenario, "<= " + most + " " + unit.symbol(), reached, met));
        }
        double theirs = theirs(otherRow);
        boolean gains = unit.gains();
        double ratio = ours.median() / theirs;
        return Optional.of(new Verdict(
                scenario,
                (gains ? ">= " : "<= ") + most + " x " + nameOfBase(),
                String.format(Locale.ROOT, "%.2f x (%s %s)", ratio, unit.format(ours.median()), unit.symbol()),
                gains ? ratio >= limit : ratio <= limit));
    }

    private double theirs(Row row) {
        if (base != null) {
            var figure = row.of(base);
            if (figure == null) {
                throw new IllegalStateException(row.scenario() + " was measured without " + base);
            }
            return figure.median();
        }
        var others = row.figures().entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals(SKEIN) && !entry.getKey().equals(Annotated.COALESCED.label()))
                .map(entry -> entry.getValue().median());
        return (row.unit().gains() ? others.max(Comparator.naturalOrder()) : others.min(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private String nameOfBase() {
        return base == null ? "the best other" : scenario.equals(other) ? base : "idle";
    }
}
