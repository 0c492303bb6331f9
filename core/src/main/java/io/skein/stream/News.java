package io.skein.stream;

import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import io.skein.internal.Complaints;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the listeners of a stream group are told: its flights, with the user's keys in place of recordings, and readers in place
 * of callers. What they throw is logged, once per listener class.
 */
final class News implements FlightListener {
    private static final System.Logger LOG = System.getLogger(FlightListener.class.getName());

    private final String group;
    private final List<FlightListener> listeners;
    private final Consumer<Recording<?>> forgotten;

    /** @param forgotten is told first which recording is forgotten, whoever does it */
    News(String group, List<FlightListener> listeners, Consumer<Recording<?>> forgotten) {
        this.group = group;
        this.listeners = listeners;
        this.forgotten = forgotten;
    }

    private void tell(Consumer<FlightListener> news) {
        for (var listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable e) {
                Complaints.about(listener, e, LOG);
            }
        }
    }

    private static Recording<?> recording(FlightEvent flight) {
        return (Recording<?>) flight.key();
    }

    private static FlightEvent ofReaders(FlightEvent flight) {
        var recording = recording(flight);
        return new FlightEvent(flight.group(), recording.key(), flight.flight(), recording.readers(), flight.age());
    }

    /** Another reader has come aboard. */
    void joined(Recording<?> recording) {
        if (listeners.isEmpty()) {
            return;
        }
        var event = new FlightEvent(group, recording.key(), recording.number(), recording.readers(), recording.age());
        tell(l -> l.onJoin(event));
    }

    /** A reader was turned away. */
    void rejected(Recording<?> recording) {
        tell(l -> l.onReject(group, recording.key()));
    }

    @Override
    public void onTakeOff(FlightEvent flight) {
        recording(flight).number(flight.flight());
        var event = ofReaders(flight);
        tell(l -> l.onTakeOff(event));
    }

    @Override
    public void onEnter(FlightEvent flight) {
        var event = ofReaders(flight);
        tell(l -> l.onEnter(event));
    }

    @Override
    public void onExit(FlightEvent flight) {
        var event = ofReaders(flight);
        for (int i = listeners.size() - 1; i >= 0; i--) { // who opened a scope last closes it first
            var listener = listeners.get(i);
            try {
                listener.onExit(event);
            } catch (Throwable e) {
                Complaints.about(listener, e, LOG);
            }
        }
    }

    @Override
    public void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {
        var event = ofReaders(flight);
        tell(l -> l.onLanding(event, outcome, failure));
    }

    @Override
    public void onForget(FlightEvent flight) {
        forgotten.accept(recording(flight));
        var event = ofReaders(flight);
        tell(l -> l.onForget(event));
    }

    @Override
    public void onAbandon(FlightEvent flight) {
        var event = ofReaders(flight);
        tell(l -> l.onAbandon(event));
    }

    @Override
    public void onStuck(FlightEvent flight, StackTraceElement[] stack) {
        var event = ofReaders(flight);
        tell(l -> l.onStuck(event, stack));
    }

    @Override
    public void onReject(String name, Object key) {
        rejected((Recording<?>) key);
    }
}
