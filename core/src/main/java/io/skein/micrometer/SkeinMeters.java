package io.skein.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/** The meters of Skein, beside the conventional {@code cache.*}. Their tags hold names and kinds, never keys. */
public enum SkeinMeters implements MeterDocumentation {
    /** Callers that boarded a flight, as its leader or a follower. Who asks again because of an old answer boards twice. */
    CALLERS("skein.callers", Meter.Type.COUNTER, "Callers that boarded a flight", TagKey.GROUP, TagKey.ROLE),

    /** Loads that ended, and how long they took. */
    FLIGHTS(
            "skein.flights",
            Meter.Type.TIMER,
            "Loads that ended, and how long they took",
            TagKey.GROUP,
            TagKey.OUTCOME),

    /** Flights in progress, forgotten ones included. */
    ACTIVE("skein.flights.active", Meter.Type.GAUGE, "Flights in progress, forgotten ones included", TagKey.GROUP),

    /** Callers aboard these flights. */
    WAITING("skein.callers.waiting", Meter.Type.GAUGE, "Callers aboard the flights in progress", TagKey.GROUP),

    /** Callers that were turned away, because the group or the flight was full. */
    REJECTED("skein.rejected", Meter.Type.COUNTER, "Callers turned away by a full group or flight", TagKey.GROUP),

    /** Loads that ran longer than {@code stuckAfter}. */
    STUCK("skein.stuck", Meter.Type.COUNTER, "Loads that were reported as stuck", TagKey.GROUP),

    /** Callers that got a stale value. */
    STALE("skein.stale", Meter.Type.COUNTER, "Callers served with a stale value", TagKey.CACHE, TagKey.REASON),

    /** Loads that were to replace an entry, in the background or for {@code refresh}. */
    REFRESH("skein.refresh", Meter.Type.COUNTER, "Loads that were to replace an entry", TagKey.CACHE, TagKey.OUTCOME),

    /** Invalidations, of a key, of all, or of a tag. */
    INVALIDATIONS("skein.invalidations", Meter.Type.COUNTER, "Invalidations", TagKey.CACHE, TagKey.SCOPE),

    /** Writes that are to be written behind, and that the source does not have yet. */
    WRITES_PENDING("skein.writes.pending", Meter.Type.GAUGE, "Writes that the source does not have yet", TagKey.CACHE),

    /** How long the oldest of them has been pending. */
    WRITES_OLDEST("skein.writes.oldest", Meter.Type.GAUGE, "The age of the oldest pending write", TagKey.CACHE),

    /** What became of writes that were to be written behind: see {@link io.skein.write.WriteBehindStats}. */
    WRITES("skein.writes", Meter.Type.COUNTER, "What became of writes to write behind", TagKey.CACHE, TagKey.OUTCOME),

    /** What was asked of the shared tier, and what it told: see {@link io.skein.tier.TierStats}. */
    TIER("skein.tier", Meter.Type.COUNTER, "What was asked of the shared tier, and told", TagKey.CACHE, TagKey.OUTCOME),

    /** Whether the shared tier can be reached and tells of changes: 1, or 0. */
    TIER_COHERENT("skein.tier.coherent", Meter.Type.GAUGE, "Whether the shared tier tells of changes", TagKey.CACHE);

    /** Their tags. */
    public enum TagKey implements KeyName {
        /** The name of the group; that of a cache is its group's, too. */
        GROUP,
        /** The name of the cache. */
        CACHE,
        /** {@code leader} or {@code follower}. */
        ROLE,
        /**
         * A {@link io.skein.event.FlightOutcome} in small letters; of refreshes {@code success} or {@code failure}; of writes
         * {@code flushed}, {@code merged}, {@code retried}, {@code dead_lettered} or {@code rejected}; of the shared tier {@code
         * hit}, {@code leased}, {@code waited}, {@code published}, {@code fenced}, {@code alone}, {@code changed} or {@code failed}.
         */
        OUTCOME,
        /** A {@link io.skein.event.StaleReason} in small letters. */
        REASON,
        /** {@code key}, {@code all} or {@code tag}. */
        SCOPE;

        @Override
        public String asString() {
            return SkeinMetrics.word(this);
        }
    }

    private final String meter;
    private final Meter.Type type;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final TagKey[] keys;

    SkeinMeters(String meter, Meter.Type type, String description, TagKey... keys) {
        this.meter = meter;
        this.type = type;
        this.description = description;
        this.keys = keys;
    }

    @Override
    public String getName() {
        return meter;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    /** What it counts, in a few words. */
    public String description() {
        return description;
    }

    @Override
    public KeyName[] getKeyNames() {
        return keys.clone();
    }
}
