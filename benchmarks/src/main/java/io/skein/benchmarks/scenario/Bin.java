package io.skein.benchmarks.scenario;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keys that are all in the same bin of every hash table, and keys that are not. They are few, so that the bin stays a
 * list.
 */
final class Bin {
    private static final int HASH = 0x5ca1ab1e;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Equal to itself only. */
    record Key(int number, boolean inside) {
        @Override
        public int hashCode() {
            return inside ? HASH : number * 0x9e3779b9;
        }
    }

    private Bin() {}

    static Key inside() {
        return new Key(NUMBERS.incrementAndGet(), true);
    }

    static Key outside() {
        return new Key(NUMBERS.incrementAndGet(), false);
    }
}
