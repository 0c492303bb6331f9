package io.skein.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.skein.event.FlightOutcome;
import io.skein.micrometer.SkeinMeters.TagKey;
import java.util.EnumMap;
import java.util.Map;

/** The meters that are fed with what happens to the flights of one group; all of them exist from the start. */
final class GroupMeters {
    final Counter leaders;
    final Counter followers;
    final Counter rejected;
    final Counter stuck;
    private final Map<FlightOutcome, Timer> flights = new EnumMap<>(FlightOutcome.class);

    GroupMeters(MeterRegistry registry, Tags tags, String group) {
        var own = tags.and(TagKey.GROUP.asString(), group);
        leaders = counter(registry, SkeinMeters.CALLERS, own.and(TagKey.ROLE.asString(), "leader"));
        followers = counter(registry, SkeinMeters.CALLERS, own.and(TagKey.ROLE.asString(), "follower"));
        rejected = counter(registry, SkeinMeters.REJECTED, own);
        stuck = counter(registry, SkeinMeters.STUCK, own);
        for (var outcome : FlightOutcome.values()) {
            flights.put(
                    outcome,
                    Timer.builder(SkeinMeters.FLIGHTS.getName())
                            .description(SkeinMeters.FLIGHTS.description())
                            .tags(own.and(TagKey.OUTCOME.asString(), SkeinMetrics.word(outcome)))
                            .register(registry));
        }
    }

    static Counter counter(MeterRegistry registry, SkeinMeters meter, Tags tags) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    Timer flights(FlightOutcome outcome) {
        return requireNonNull(flights.get(outcome));
    }
}
