package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Callers of one key whose load fails after a while: how often it is tried, and when the last of them knows. */
final class FailingLoad {
    private static final Set<Blocking> CONTENDERS =
            EnumSet.complementOf(EnumSet.of(Blocking.BARE, Blocking.HAND_MADE_PRESIZED));
    static final List<String> LABELS = CONTENDERS.stream().map(Blocking::label).toList();

    private final Table table;
    private final int rounds;
    private final int callers;
    private final int millis;

    /** @param millis after which the load fails */
    FailingLoad(Table table, int rounds, int callers, int millis) {
        this.table = table;
        this.rounds = rounds;
        this.callers = callers;
        this.millis = millis;
    }

    static String loads(int callers) {
        return String.format(Locale.ROOT, "P8 loads for %d callers", callers);
    }

    static String last(int callers) {
        return String.format(Locale.ROOT, "P8 the last of %d callers knows after", callers);
    }

    private record Storm(double loads, double nanos) {}

    void run() {
        var storms = new Rounds<Blocking, Storm>(CONTENDERS);
        storms.run(0, rounds, this::storm);
        var base = Blocking.SKEIN.label();
        table.add(Row.of(loads(callers), Unit.LOADS, base, storms.each(Blocking::label, Storm::loads)));
        table.add(Row.of(last(callers), Unit.MILLISECONDS, base, storms.each(Blocking::label, Storm::nanos)));
        table.add(Plot.bars(
                "failing", "A load that fails after " + millis + " ms: ms to the last caller", List.of(last(callers))));
    }

    /**
     * All callers ask at once. On a busy machine one may come after the failure, and have a load of its own: that is a figure, and no
     * wrong answer, for which {@link Answers} asks without a clock.
     */
    private Storm storm(Blocking kind) {
        var loads = new AtomicInteger();
        var failures = new AtomicInteger();
        var start = new CountDownLatch(1);
        try (var contender = kind.over(key -> {
            loads.incrementAndGet();
            pass();
            throw new IllegalStateException("down");
        })) {
            var crowd = Crowd.start(Threads.PLATFORM, callers, () -> {
                Patience.await(start, "the start");
                try {
                    return contender.load("user:42");
                } catch (RuntimeException e) { // of many kinds
                    failures.incrementAndGet();
                    return GatedLoad.VALUE;
                }
            });
            crowd.awaitWaiting();
            long began = System.nanoTime();
            start.countDown();
            long took = crowd.awaitReturned() - began;
            if (failures.get() != callers) {
                throw new IllegalStateException(kind.label() + " told " + failures + " of " + callers + " callers");
            }
            return new Storm(loads.get(), took);
        }
    }

    private void pass() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
