package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Annotated;
import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.contender.Bulk;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.contender.Freshness;
import io.skein.benchmarks.report.Chapter;
import io.skein.benchmarks.report.Part;
import io.skein.benchmarks.report.Table;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A part of the run that can be asked for alone. */
public enum Section {
    ANSWERS("Are the answers right?", """
            What a cache does when a key is wanted by many, when a load fails, when the source changes during a load, and \
            when a caller gives up. Whoever gives a wrong answer is marked in all figures.""", Answers.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new Answers(table).run();
        }
    },
    HITS("A hit", """
            A read of one of 10,000 entries that are there and fresh, by one thread and by several at once; ns per call of \
            a thread. Some keys are much more popular than others (Zipf 0.99), or all alike. The map forgets nothing, and \
            two forms of Caffeine load nothing, one of them with a coarse clock: they are there to compare. Skein and cache2k do not read the system's \
            clock for each hit, and so notice late that an entry has expired, by milliseconds or more; those of the others that \
            let entries expire read it each time, which is dear on many virtual machines and cheap elsewhere. Skein counts \
            hits and misses, the others have their statistics off. Skein near is shared with other JVMs: it has read the \
            values from a second tier, which tells it of changes.""", Cached.labels()) {
        @Override
        void fill(Effort effort, Table table) {
            new Reads(effort, table).single();
        }
    },
    GETALL("A hundred hits at once", "A read of a hundred keys that are there and fresh.", Bulk.labels()) {
        @Override
        void fill(Effort effort, Table table) {
            new Reads(effort, table).all();
        }
    },
    ANNOTATED("A hit through an annotation", """
            A call of a method of a Spring bean, whose result is there and fresh, by the kind of key. Spring interprets \
            key expressions, unless told to compile them, which it is not here, nor by default.""", labels(Annotated.values())) {
        @Override
        void fill(Effort effort, Table table) {
            new Reads(effort, table).annotated();
        }
    },
    FLIGHTS("A flight that nobody joins", """
            What it costs to have been ready for others: take off, load nothing, land, and be as before. Caches remember what \
            they loaded, and so have to invalidate it, which counts. With two threads, each has keys of its own.""", Blocking.labels()) {
        @Override
        void fill(Effort effort, Table table) {
            new Flights(effort, table).lonely();
        }
    },
    CALLS("The calls around a flight", """
            By asynchronous callers. Where all share a future, those that have left are dependents of it until it lands, which \
            is counted.""", Async.labels()) {
        @Override
        void fill(Effort effort, Table table) {
            new Flights(effort, table).calls();
        }
    },
    STAMPEDE("A stampede on a cold key", """
            N callers wait for one load: the time from its end to the return of the last of them. Bare is one future that \
            all wait for, the least that any of them has to do.""", FanOut.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new FanOut(effort, table).run();
        }
    },
    FAILING("A load that fails", """
            All callers ask at once for a key whose load fails after 200 ms: how often it is tried, and when the last of \
            them knows.""", FailingLoad.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new FailingLoad(table, effort.of(1, 3), Target.FAILING_CALLERS, 200).run();
        }
    },
    MIXED("Everything at once", """
            200 callers, on virtual threads where there are any, ask without a pause for keys out of 100,000 (Zipf 0.99), of \
            which 10,000 are kept, for 250 ms; a load takes 1 ms. Each asks again when it has its answer, so that a slow cache \
            is asked less.""", MixedLoop.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new MixedLoop(table, effort.of(2, 5), effort.of(500, 2_000)).run();
        }
    },
    LONGLOAD("What others notice of a long load", """
            The 99th percentile of calls for other keys, each kind made every half millisecond by a thread of its own, while \
            one key is being loaded, and while nothing is. The cache is full. In the same bin: its hash is that of the key \
            that is being loaded.""", LongLoad.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new LongLoad(table, effort.of(2, 4), effort.of(500, 2_000)).run();
        }
    },
    EXPIRY("A hot key expires", """
            Four callers read one key every half millisecond; it lives for 200 ms and takes 50 ms to load. What is refreshed \
            early is after 70 % of its time, but at its end by cache2k, which gives the old value meanwhile.""", Freshness.labels()) {
        @Override
        void fill(Effort effort, Table table) {
            new HotKey(table, effort.of(1, 3), effort.of(1_000, 3_000)).run();
        }
    },
    ENTRIES("Memory of an entry", """
            The heap with 200,000 entries less the heap without, per entry. Caffeine variable is set up as under Skein, where \
            each entry has a time to live of its own.""", EntryMemory.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new EntryMemory(table, 200_000).run();
        }
    },
    WAITERS("Memory of a waiting caller", """
            The heap with many callers less the heap with few, per caller, less the same for threads that are merely parked. \
            Asynchronous callers have no thread, so that everything counts, their future included.""", WaiterMemory.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new WaiterMemory(table, effort.of(2, 5), 1_000, 20_000).run();
        }
    },
    HITRATIO("Hits of a small cache", """
            What it costs in hits that Skein does not tell Caffeine of every read. All read the same keys in the same order. \
            There is chance in how Caffeine adapts to them, so it is measured twice: below what it loses against itself, no \
            difference can be made out.""", HitRatio.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new HitRatio(table, effort.of(3, 9), 100_000, effort.of(200_000, 400_000)).run();
        }

        // Leaves Caffeine's upkeep to the thread that reads: faster, and two runs of the same come out closer to each
        // other.
        @Override
        List<String> jvmArguments() {
            return List.of("-Djava.util.concurrent.ForkJoinPool.common.parallelism=0");
        }
    },
    HEDGE("A source that is slow now and then", """
            1.5 % of the loads take a hundred times as long: with one question, and with a second one after a while.""", TailLatency.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new TailLatency(table, effort.of(10_000, 40_000)).run();
        }
    },
    BATCH("Single keys gathered into bulk calls", "200 callers, at most 100 keys and 2 ms.", Gathering.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new Gathering(table, 10_000).run();
        }
    },
    STREAMS("A stream", """
            A thread writes 134 MB in pieces of 8 KB, others read them. A pipe has one reader, whom it wakes when it is full \
            or after a second; skein wakes readers at once, and has all but the newest megabyte in a file, or all in \
            memory.""", Streaming.LABELS) {
        @Override
        void fill(Effort effort, Table table) {
            new Streaming(table, effort.of(1, 5), 128L << 20).run();
        }
    };

    private final String title;
    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // made by toList and List.of
    private final List<String> contenders;

    Section(String title, String text, List<String> contenders) {
        this.title = title;
        this.text = text;
        this.contenders = contenders;
    }

    private static List<String> labels(Annotated... contenders) {
        return Stream.of(contenders).map(Annotated::label).toList();
    }

    /** The name on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Measures, and adds what comes out. */
    abstract void fill(Effort effort, Table table);

    /** Whether JMH measures this, which starts a JVM for each contender. */
    boolean isForked() {
        return switch (this) {
            case HITS, GETALL, ANNOTATED, FLIGHTS, CALLS -> true;
            default -> false;
        };
    }

    /** Options of its JVM. */
    List<String> jvmArguments() {
        return List.of();
    }

    /** Measures in other JVMs than this one, and prints what comes out. */
    public Part run(Effort effort, PrintStream out) {
        return isForked() ? measure(effort, new Table(out)) : OwnJvm.run(this, effort, out);
    }

    /** Measures in this JVM. */
    Part measure(Effort effort, Table table) {
        return measure(table, () -> fill(effort, table));
    }

    /** What such a measurement adds to the table. */
    Part measure(Table table, Runnable measurement) {
        table.begin(title, contenders);
        measurement.run();
        return new Part(chapter(table), table.flaws());
    }

    private Chapter chapter(Table table) {
        for (var plot : table.plots()) {
            for (var scenario : plot.scenarios()) {
                if (table.find(scenario).isEmpty()) {
                    throw new IllegalStateException(
                            "the plot " + plot.id() + " shows what was not measured: " + scenario);
                }
            }
        }
        return new Chapter(word(), title, text, contenders, table.rows(), table.plots());
    }
}
