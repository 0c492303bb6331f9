package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a caller weighs while it waits, beyond its thread: the heap with many callers less the heap with few, per caller, less the same
 * for threads that are merely parked. Asynchronous callers have no thread, so that everything counts, their future included.
 */
final class WaiterMemory {
    static final String BLOCKED = "P7 waiting platform thread";
    static final String ASYNC = "P7 waiting async caller";
    private static final String VIRTUAL = "P7 waiting virtual thread";
    private static final String VIRTUAL_STACK = "   with the growth of its stack";

    static final List<String> LABELS = FanOut.LABELS;

    private static final int FEW = 100;

    private final Table table;
    private final int rounds;
    private final int platformThreads;
    private final int others;

    WaiterMemory(Table table, int rounds, int platformThreads, int others) {
        this.table = table;
        this.rounds = rounds;
        this.platformThreads = platformThreads;
        this.others = others;
    }

    void run() {
        threads(Threads.PLATFORM, platformThreads);
        if (Threads.VIRTUAL.exist()) {
            threads(Threads.VIRTUAL, others);
        }
        async();
        table.add(Plot.bars("waiter", "A waiting caller, bytes", List.of(BLOCKED, ASYNC)));
    }

    private void threads(Threads kind, int many) {
        var objects = new LinkedHashMap<String, List<Double>>();
        var withStacks = new LinkedHashMap<String, List<Double>>();
        for (int round = -1; round < rounds; round++) { // the first loads classes, and does not count
            var parked = growth(size -> heapOfParked(kind, size), many);
            for (var contender : Blocking.collapsing()) {
                var grown = growth(size -> heapOf(contender, kind, size), many).minus(parked);
                if (round >= 0) {
                    add(objects, contender.label(), grown.objects(), many);
                    add(withStacks, contender.label(), grown.objects() + grown.stacks(), many);
                }
            }
        }
        row(kind == Threads.PLATFORM ? BLOCKED : VIRTUAL, objects);
        if (kind == Threads.VIRTUAL) {
            row(VIRTUAL_STACK, withStacks);
        }
    }

    private void async() {
        var samples = new LinkedHashMap<String, List<Double>>();
        for (int round = -1; round < rounds; round++) {
            for (var contender : Async.values()) {
                try (var flock = new AsyncFlock(contender, FEW + others)) {
                    flock.join(FEW);
                    var before = LiveHeap.now();
                    flock.join(others);
                    var grown = LiveHeap.now().minus(before);
                    flock.land();
                    if (round >= 0) {
                        add(samples, contender.label(), grown.objects(), others);
                    }
                }
            }
        }
        row(ASYNC, samples);
    }

    private static LiveHeap growth(IntFunction<LiveHeap> heapWith, int many) {
        var few = heapWith.apply(FEW);
        return heapWith.apply(FEW + many).minus(few);
    }

    private static LiveHeap heapOf(Blocking contender, Threads kind, int size) {
        var heap = new AtomicReference<@Nullable LiveHeap>();
        try (var flock = new Flock(contender)) {
            flock.land(kind, size, () -> heap.set(LiveHeap.now()));
        }
        return requireNonNull(heap.get());
    }

    private static LiveHeap heapOfParked(Threads kind, int size) {
        var released = new AtomicBoolean();
        var crowd = Crowd.start(kind, size, () -> {
            while (!released.get()) {
                LockSupport.park();
            }
            return GatedLoad.VALUE;
        });
        crowd.awaitWaiting();
        var heap = LiveHeap.now();
        released.set(true);
        crowd.unpark();
        crowd.awaitReturned();
        return heap;
    }

    private static void add(Map<String, List<Double>> samples, String label, long bytes, int callers) {
        samples.computeIfAbsent(label, l -> new ArrayList<>()).add((double) bytes / callers);
    }

    private void row(String scenario, Map<String, List<Double>> samples) {
        table.add(Row.of(scenario, Unit.BYTES, Blocking.HAND_MADE.label(), samples));
    }
}
