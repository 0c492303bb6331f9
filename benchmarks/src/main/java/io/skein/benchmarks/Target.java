package io.skein.benchmarks;

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
    static final List<Target> ALL = List.of(
            new Target(Flights.ONE_THREAD, 1.5, Blocking.HAND_MADE.label()),
            new Target(Flights.TWO_THREADS, 1.3, Blocking.HAND_MADE_PRESIZED.label()),
            new Target(FanOut.scenario(Threads.PLATFORM, 1_000), 1.1, Blocking.BARE.label()),
            new Target(FanOut.scenario(Threads.VIRTUAL, 10_000), 1.1, Blocking.BARE.label()),
            new Target(FanOut.scenario(Threads.VIRTUAL, 100_000), 1.1, Blocking.BARE.label()),
            new Target(FanOut.asyncScenario(100_000), 1.2, Async.BARE.label()),
            new Target(WaiterMemory.BLOCKED, 72, null),
            new Target(WaiterMemory.ASYNC, 160, null));

    /** One line: the target, what Skein reached, and whether that is enough. */
    String verdict(Row row) {
        var skein = row.of(Blocking.SKEIN.label());
        var other = base == null ? null : row.of(base);
        if (skein == null || (base != null && other == null)) {
            throw new IllegalStateException(scenario + " was measured without skein or " + base);
        }
        double reached = other == null ? skein.median() : skein.ratioTo(other);
        String wanted = base == null
                ? String.format(Locale.ROOT, "<= %.0f %s", limit, row.unit().symbol)
                : String.format(Locale.ROOT, "<= %.1f x %s", limit, base);
        // A byte's share of what else is alive on the heap is no miss.
        boolean met = base == null ? Math.floor(reached) <= limit : reached <= limit;
        return String.format(Locale.ROOT, "%-36s %-20s %8.2f   %s", scenario, wanted, reached, met ? "met" : "MISSED");
    }
}
