package io.skein.benchmarks;

import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures Skein beside its peers, prints one table, and says which targets are met. */
public final class Bench {
    private static final int PLATFORM_WAITERS = 1_000;
    private static final int LIGHT_WAITERS = 20_000;
    private static final int LONG_LOAD_MILLIS = 2_000;
    private static final int ENTRIES = 200_000;
    private static final int KEYS = 100_000;
    private static final int READS = 400_000;
    private static final int LOADS = 20_000;
    private static final int BATCHED_KEYS = 10_000;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(run(System.out, System.err, args));
    }

    /** The exit code: 0, also where targets are missed; 1 if a contender gave a wrong result; 2 for bad options. */
    static int run(PrintStream out, PrintStream err, String... args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
        if (options.help()) {
            out.print(Options.USAGE);
            return 0;
        }
        printMachine(out);
        try {
            if (options.smoke()) {
                new Smoke(out).run();
            } else {
                measure(options, out);
            }
            return 0;
        } catch (IllegalStateException e) {
            e.printStackTrace(err);
            return 1;
        }
    }

    private static void printMachine(PrintStream out) {
        out.printf(
                "Skein benchmarks, %s, Java %s (%s), %s, %s %s, %d cores%n",
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.name"),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(" and ")),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
    }

    private static void measure(Options options, PrintStream out) {
        var table = new Table(out);
        table.printHead();
        if (options.sections().equals(Set.of(Section.HITRATIO))) {
            HitRatio.haveJvmAlone();
        }
        var effort = options.effort();
        var flights = new Flights(effort, table);
        var hits = new CacheHits(effort, table);
        for (var section : options.sections()) {
            table.columns(section.contenders());
            switch (section) {
                case P1 -> hits.single();
                case GETALL -> hits.all();
                case P2 -> flights.oneThread();
                case P3 -> flights.twoThreads();
                case CALLS -> flights.calls();
                case FANOUT -> new FanOut(effort, table).run();
                case MEMORY -> new WaiterMemory(table, PLATFORM_WAITERS, LIGHT_WAITERS).run();
                case P9 -> new LongLoad(table, 2 * effort.forks + 1, LONG_LOAD_MILLIS).run();
                case P12 -> new EntryMemory(table, ENTRIES).run();
                case HITRATIO -> new HitRatio(table, effort.forks, KEYS, READS).run();
                case HEDGE -> new TailLatency(table, LOADS * effort.forks).run();
                case BATCH -> new Gathering(table, BATCHED_KEYS).run();
            }
        }
        out.println();
        out.println("Targets");
        for (var target : Target.all()) {
            table.find(target.scenario()).ifPresent(row -> out.println(target.verdict(row)));
        }
        if (options.sections().contains(Section.FANOUT) && !Threads.VIRTUAL.exist()) {
            out.println("P5 needs virtual threads, Java 21 or newer");
        }
    }
}
