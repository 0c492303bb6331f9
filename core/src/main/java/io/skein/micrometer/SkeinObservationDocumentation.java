package io.skein.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of Skein. */
public enum SkeinObservationDocumentation implements ObservationDocumentation {
    /** A load, from take-off to landing. */
    LOAD;

    /** What they tell. */
    public enum LoadKey implements KeyName {
        /** The group or cache. */
        GROUP("skein.group"),
        /** How the load ended: a {@link io.skein.event.FlightOutcome} in small letters. */
        OUTCOME("skein.outcome"),
        /** Which load it is: {@code users#42}. */
        FLIGHT("skein.flight"),
        /** How many callers got its outcome. */
        CALLERS("skein.callers"),
        /** The key, if {@link LoadObservationConvention#WITH_KEYS} says so. */
        KEY("skein.key"),
        /** Of a follower's own observation: the loads it has joined, as {@link #FLIGHT} names them. */
        JOINED("skein.joined"),
        /** Of a follower's own observation: the traces of these loads. */
        JOINED_TRACE("skein.joined.trace.id"),
        /** Of a follower's own observation: the spans of these loads. */
        JOINED_SPAN("skein.joined.span.id");

        private final String key;

        LoadKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
        return LoadObservationConvention.class;
    }

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
        return new KeyName[] {LoadKey.GROUP, LoadKey.OUTCOME};
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
        return new KeyName[] {LoadKey.FLIGHT, LoadKey.CALLERS};
    }
}
