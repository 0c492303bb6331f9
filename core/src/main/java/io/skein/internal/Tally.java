package io.skein.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A sum that many threads add to, and that is seldom asked for.
 *
 * <p>One word, until two threads meet at it; from then on cells, of which each thread has one by its number. They are several
 * times as many as there are processors, so that two threads that run at once seldom share one. ({@link
 * java.util.concurrent.atomic.LongAdder} has as many as there are processors. Where threads are more than those, half of what
 * run at once share a cell on two processors, and a hit took twice as long.)
 */
public final class Tally {
    /** Of longs, from cell to cell: two cache lines, since processors fetch them in pairs. */
    private static final int STRIDE = 16;

    private static final int FEWEST = 16;
    private static final int MOST = 128;

    /** A power of two. */
    private static final int CELLS = cells(Runtime.getRuntime().availableProcessors());

    private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(CELLS);

    /** 2^32 divided by the golden ratio: its multiples spread numbers in a row evenly. */
    private static final int SPREAD = 0x9e3779b9;

    private static final VarHandle BASE;
    private static final VarHandle CELL_ARRAY;

    static {
        try {
            var lookup = MethodHandles.lookup();
            BASE = lookup.findVarHandle(Tally.class, "base", long.class);
            CELL_ARRAY = lookup.findVarHandle(Tally.class, "cells", AtomicLongArray.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long base;
    private volatile @Nullable AtomicLongArray cells;

    private static int cells(int processors) {
        int wanted = Math.max(FEWEST, Math.min(MOST, 4 * processors));
        return Integer.highestOneBit(wanted);
    }

    public void increment() {
        add(1);
    }

    public void add(long number) {
        var found = cells;
        if (found == null) {
            long now = base;
            if (BASE.compareAndSet(this, now, now + number)) {
                return;
            }
            found = spread();
        }
        found.getAndAdd(place(), number);
    }

    private AtomicLongArray spread() {
        var fresh = new AtomicLongArray((CELLS + 1) * STRIDE);
        var found = (AtomicLongArray) CELL_ARRAY.compareAndExchange(this, null, fresh);
        return found == null ? fresh : found;
    }

    /** Never in the first stride: the array's length is there, which everybody reads. */
    private static int place() {
        int number = (int) Thread.currentThread().getId();
        return (((number * SPREAD) >>> SHIFT) + 1) * STRIDE;
    }

    /** What has been added before this call, and perhaps some of what is being added during it. */
    public long sum() {
        long sum = base;
        var found = cells;
        if (found != null) {
            for (int i = 1; i <= CELLS; i++) {
                sum += found.get(i * STRIDE);
            }
        }
        return sum;
    }
}
