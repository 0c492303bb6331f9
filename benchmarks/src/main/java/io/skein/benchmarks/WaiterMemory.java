package io.skein.benchmarks;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * What a caller weighs while it waits, beyond its thread: the heap with many callers less the heap with few, per caller, less the same
 * for threads that are merely parked. Asynchronous callers have no thread, so that everything counts, their future included.
 */
final class WaiterMemory {
    static final String BLOCKED = "P7 waiting platform thread";
    static final String ASYNC = "P7 waiting async caller";
    private static final String VIRTUAL = "P7 waiting virtual thread";
    private static final String VIRTUAL_STACK = "   with the growth of its stack";

    private static final int FEW = 100;
    private static final int ROUNDS = 5;

    private final Table table;
    private final int platformThreads;
    private final int others;

    WaiterMemory(Table table, int platformThreads, int others) {
        this.table = table;
        this.platformThreads = platformThreads;
        this.others = others;
    }

    void run() {
        threads(Threads.PLATFORM, platformThreads);
        if (Threads.VIRTUAL.exist()) {
            threads(Threads.VIRTUAL, others);
        }
        async();
    }

    private void threads(Threads kind, int many) {
        var objects = new HashMap<String, List<Double>>();
        var withStacks = new HashMap<String, List<Double>>();
        for (int round = -1; round < ROUNDS; round++) { // the first loads classes, and does not count
            var parked = growth(size -> heapOfParked(kind, size), many);
            for (var contender : EnumSet.complementOf(EnumSet.of(Blocking.HAND_MADE_PRESIZED))) {
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
        var samples = new HashMap<String, List<Double>>();
        for (int round = -1; round < ROUNDS; round++) {
            for (var contender : Async.values()) {
                try (var flock = new AsyncFlock(contender, others)) {
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
        try (var flock = new Flock(contender, kind, size)) {
            var heap = LiveHeap.now();
            flock.land();
            return heap;
        }
    }

    private static LiveHeap heapOfParked(Threads kind, int size) {
        var released = new AtomicBoolean();
        var crowd = Crowd.start(kind, size, () -> {
            while (!released.get()) {
                LockSupport.park();
            }
            return GatedLoad.VALUE;
        });
        crowd.awaitParked();
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
        var series = new HashMap<String, Series>();
        samples.forEach((label, values) -> series.put(label, new Series(values)));
        table.add(new Row(scenario, Unit.BYTES, Blocking.HAND_MADE.label(), series));
    }
}
