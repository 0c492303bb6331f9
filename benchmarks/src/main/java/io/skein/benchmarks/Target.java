package io.skein.benchmarks;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What Skein promises to reach.
 *
 * @param limit the most that Skein may take, as a multiple of the base, or in the row's unit
 * @param base the contender to compare with; null if the limit is absolute
 */
record Target(String scenario, double limit, @Nullable String base) {
    private static final String SKEIN = Blocking.SKEIN.label();

    static List<Target> all() {
        var targets = new ArrayList<Target>();
        for (int threads : CacheHits.THREADS) {
            targets.add(new Target(CacheHits.scenario(threads), 0.5, Cached.CAFFEINE.label()));
            targets.add(new Target(CacheHits.allocated(threads), 0, null));
        }
        targets.add(new Target(CacheHits.ALL, 1, Bulk.CAFFEINE_SINGLY.label()));
        targets.add(new Target(Flights.ONE_THREAD, 1.5, Blocking.HAND_MADE.label()));
        targets.add(new Target(Flights.TWO_THREADS, 1.3, Blocking.HAND_MADE_PRESIZED.label()));
        targets.add(new Target(FanOut.scenario(Threads.PLATFORM, 1_000), 1.1, Blocking.BARE.label()));
        targets.add(new Target(FanOut.scenario(Threads.VIRTUAL, 10_000), 1.1, Blocking.BARE.label()));
        targets.add(new Target(FanOut.scenario(Threads.VIRTUAL, 100_000), 1.1, Blocking.BARE.label()));
        targets.add(new Target(FanOut.asyncScenario(100_000), 1.2, Async.BARE.label()));
        targets.add(new Target(WaiterMemory.BLOCKED, 72, null));
        targets.add(new Target(WaiterMemory.ASYNC, 160, null));
        for (var call : LongLoad.CALLS) {
            targets.add(new Target(call, 1.5, LongLoad.IDLE)); // so far apart may two runs of the same be
        }
        targets.add(new Target(EntryMemory.BEYOND, 48, null));
        targets.add(new Target(HitRatio.LOST, 0.5, null));
        return targets;
    }

    /** One line: the target, what Skein reached, and whether that is enough. */
    String verdict(Row row) {
        var skein = row.of(SKEIN);
        var other = base == null ? null : row.of(base);
        if (skein == null || (base != null && other == null)) {
            throw new IllegalStateException(scenario + " was measured without skein or " + base);
        }
        double reached = other == null ? skein.median() : skein.ratioTo(other);
        var most = BigDecimal.valueOf(limit).stripTrailingZeros().toPlainString();
        var wanted = "<= " + most + (base == null ? " " + row.unit().symbol : " x " + base);
        // A byte's share of what else is alive on the heap is no miss.
        boolean met = row.unit() == Unit.BYTES ? Math.floor(reached) <= limit : reached <= limit;
        return String.format(Locale.ROOT, "%-36s %-22s %8.2f   %s", scenario, wanted, reached, met ? "met" : "MISSED");
    }
}
