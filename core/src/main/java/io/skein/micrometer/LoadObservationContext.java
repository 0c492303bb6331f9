package io.skein.micrometer;

import io.micrometer.observation.Observation;
import io.skein.event.FlightEvent;
import io.skein.event.FlightOutcome;
import org.jspecify.annotations.Nullable;

/** What conventions and handlers may know of the load that is observed. */
public final class LoadObservationContext extends Observation.Context {
    private final FlightEvent takeOff;
    private volatile @Nullable FlightEvent landing;
    private volatile @Nullable FlightOutcome outcome;

    LoadObservationContext(FlightEvent takeOff) {
        this.takeOff = takeOff;
    }

    void landed(FlightEvent newLanding, FlightOutcome newOutcome) {
        landing = newLanding;
        outcome = newOutcome;
    }

    /** The name of the group, or cache. */
    public String group() {
        return takeOff.group();
    }

    /** The key that is loaded; untrusted input, perhaps confidential. */
    public Object key() {
        return takeOff.key();
    }

    /** Tells this load from every other load of groups of other names, and of this group: {@code users#42}. */
    public String flight() {
        return takeOff.group() + "#" + takeOff.flight();
    }

    /** How it ended; null before. */
    public @Nullable FlightOutcome outcome() {
        return outcome;
    }

    /** How many callers got its outcome; 1 before it has landed. */
    public int callers() {
        var landed = landing;
        return landed == null ? 1 : landed.callers();
    }
}
