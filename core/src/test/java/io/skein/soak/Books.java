package io.skein.soak;

import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Keeps the events of one group: each load that took off has to land once, with as many callers as got its outcome. */
final class Books implements FlightListener {
    private final ConcurrentHashMap<Long, Integer> open = new ConcurrentHashMap<>();
    final LongAdder tookOff = new LongAdder();
    final LongAdder landed = new LongAdder();
    final LongAdder carried = new LongAdder();

    @Override
    public void onTakeOff(FlightEvent flight) {
        tookOff.increment();
        enter(flight, 1);
    }

    @Override
    public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
        landed.increment();
        if (outcome != FlightOutcome.HANDED_OVER) {
            carried.add(flight.callers());
        }
        enter(flight, -1);
    }

    private void enter(FlightEvent flight, int change) {
        open.merge(flight.flight(), change, (a, b) -> a + b == 0 ? null : a + b);
    }

    boolean isBalanced() {
        return open.isEmpty() && tookOff.sum() == landed.sum();
    }

    @Override
    public String toString() {
        return "took off " + tookOff + ", landed " + landed + ", carried " + carried
                + ", numbers with more take-offs (+) or landings (-): " + open;
    }
}
