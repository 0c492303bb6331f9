package io.skein;

import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import io.skein.internal.Complaints;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several listeners as one that never throws: what a listener throws is logged, once per listener class. */
record Listeners(List<FlightListener> listeners) implements FlightListener {
    private static final System.Logger LOG = System.getLogger(FlightListener.class.getName());

    private void tell(Consumer<FlightListener> news) {
        for (var listener : listeners) {
            tell(listener, news);
        }
    }

    private static void tell(FlightListener listener, Consumer<FlightListener> news) {
        try {
            news.accept(listener);
        } catch (Throwable e) {
            Complaints.about(listener, e, LOG);
        }
    }

    @Override
    public void onTakeOff(FlightEvent flight) {
        tell(l -> l.onTakeOff(flight));
    }

    @Override
    public void onTakeOver(FlightEvent flight) {
        tell(l -> l.onTakeOver(flight));
    }

    @Override
    public void onEnter(FlightEvent flight) {
        tell(l -> l.onEnter(flight));
    }

    @Override
    public void onExit(FlightEvent flight) {
        for (int i = listeners.size() - 1; i >= 0; i--) { // who opened a scope last closes it first
            tell(listeners.get(i), l -> l.onExit(flight));
        }
    }

    @Override
    public void onJoin(FlightEvent flight) {
        tell(l -> l.onJoin(flight));
    }

    @Override
    public void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {
        tell(l -> l.onLanding(flight, outcome, failure));
    }

    @Override
    public void onForget(FlightEvent flight) {
        tell(l -> l.onForget(flight));
    }

    @Override
    public void onAbandon(FlightEvent flight) {
        tell(l -> l.onAbandon(flight));
    }

    @Override
    public void onHandOver(FlightEvent flight) {
        tell(l -> l.onHandOver(flight));
    }

    @Override
    public void onStuck(FlightEvent flight, StackTraceElement[] stack) {
        tell(l -> l.onStuck(flight, stack));
    }

    @Override
    public void onReject(String group, Object key) {
        tell(l -> l.onReject(group, key));
    }
}
