package io.skein;

import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells the listener of a group what happens to its flights; costs next to nothing where there is none. */
final class News {
    private final String group;
    private final @Nullable FlightListener listener;
    private final Clock clock;
    private final AtomicLong numbers = new AtomicLong();

    News(GroupSettings settings, Clock clock) {
        this.group = settings.name();
        this.listener = settings.listener();
        this.clock = clock;
    }

    /** The number of the next load; 0 where nobody listens. */
    long nextNumber() {
        return listener == null ? 0 : numbers.incrementAndGet();
    }

    void tookOff(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onTakeOff(event(flight));
        }
    }

    void tookOver(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onTakeOver(event(flight));
        }
    }

    void enters(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onEnter(event(flight));
        }
    }

    void exits(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onExit(event(flight));
        }
    }

    void joined(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onJoin(event(flight));
        }
    }

    /** To be told at once of a flight that has landed. */
    void landed(Flight<?, ?> flight, @Nullable Object outcome, FlightOutcome kind) {
        landed(of(flight), flight, outcome, kind);
    }

    /**
     * To be told later of a flight that has landed. Not told of a flight that was vacant: no load had taken off since its
     * landing was told by the hand-over.
     *
     * @param event what it was when it landed
     */
    void landed(@Nullable FlightEvent event, Flight<?, ?> flight, @Nullable Object outcome, FlightOutcome kind) {
        if (listener != null && event != null && !flight.landedVacant()) {
            boolean handedOver = kind == FlightOutcome.HANDED_OVER;
            var failure = !handedOver && outcome instanceof Flight.Failure f ? f.cause() : null;
            listener.onLanding(event, flight.isForgotten() ? FlightOutcome.FORGOTTEN : kind, failure);
        }
    }

    void forgotten(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onForget(event(flight));
        }
    }

    void abandoned(Flight<?, ?> flight) {
        if (listener != null) {
            listener.onAbandon(event(flight));
        }
    }

    /** What is going to be told of a flight; null where nobody listens. */
    @Nullable
    FlightEvent of(Flight<?, ?> flight) {
        return listener == null ? null : event(flight);
    }

    void handedOver(@Nullable FlightEvent event) {
        if (listener != null && event != null) {
            listener.onHandOver(event);
            listener.onLanding(event, FlightOutcome.HANDED_OVER, null);
        }
    }

    void stuck(Flight<?, ?> flight, StackTraceElement[] stack) {
        if (listener != null) {
            listener.onStuck(event(flight), stack);
        }
    }

    void rejected(Object key) {
        if (listener != null) {
            listener.onReject(group, key);
        }
    }

    private FlightEvent event(Flight<?, ?> flight) {
        Duration age;
        try {
            age = Duration.ofNanos(flight.age(clock.now()));
        } catch (RuntimeException e) { // of the user's ticker: news must not stop a landing
            age = Duration.ZERO;
        }
        return new FlightEvent(group, flight.key(), flight.number(), flight.callers(), age);
    }
}
