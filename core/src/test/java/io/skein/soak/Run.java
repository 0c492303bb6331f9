package io.skein.soak;

import io.skein.Flight;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a loader, and the value it loads. All times are ticks of one counter, in the order things happened. */
final class Run {
    final int key;
    final Flight<?, ?> flight;
    final long entered;

    /** When the first caller had got the value; 0 before. */
    final AtomicLong returned = new AtomicLong();

    final AtomicInteger callers = new AtomicInteger();
    final AtomicInteger toldShared = new AtomicInteger();
    final AtomicInteger toldAlone = new AtomicInteger();

    Run(int key, Flight<?, ?> flight, long entered) {
        this.key = key;
        this.flight = flight;
        this.entered = entered;
    }

    boolean isConsistent() {
        return toldShared.get() == 0
                ? toldAlone.get() == 0 || callers.get() == 1
                : toldAlone.get() == 0 && callers.get() > 1;
    }

    @Override
    public String toString() {
        return "run of key " + key + " at " + entered + ", first returned at " + returned + ", got by " + callers + " ("
                + toldShared + " told shared, " + toldAlone + " told alone), " + flight;
    }
}
