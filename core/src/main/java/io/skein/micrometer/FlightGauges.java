package io.skein.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.skein.FlightSnapshot;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.micrometer.SkeinMeters.TagKey;
import io.skein.stream.StreamGroup;
import java.lang.ref.WeakReference;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How many flights are in progress, and how many callers are aboard: of what is asked whenever the registry is read, and
 * may be collected meanwhile.
 */
final class FlightGauges<T> implements MeterBinder {
    private final WeakReference<T> source;
    private final Tags tags;
    private final Function<T, Stream<? extends FlightSnapshot<?>>> flights;

    private FlightGauges(
            T source, String name, Iterable<Tag> tags, Function<T, Stream<? extends FlightSnapshot<?>>> flights) {
        this.source = new WeakReference<>(source);
        this.tags = Tags.of(tags).and(TagKey.GROUP.asString(), name);
        this.flights = flights;
    }

    static FlightGauges<Group<?, ?>> of(Group<?, ?> group, Iterable<Tag> tags) {
        return new FlightGauges<>(
                group, group.name(), tags, g -> Stream.concat(g.flights().stream(), g.forgottenFlights().stream()));
    }

    static FlightGauges<CoalescingCache<?, ?>> of(CoalescingCache<?, ?> cache, Iterable<Tag> tags) {
        return new FlightGauges<>(
                cache, cache.name(), tags, c -> Stream.concat(c.flights().stream(), c.forgottenFlights().stream()));
    }

    static FlightGauges<StreamGroup<?>> of(StreamGroup<?> group, Iterable<Tag> tags) {
        return new FlightGauges<>(
                group, group.name(), tags, g -> Stream.concat(g.flights().stream(), g.forgottenFlights().stream()));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, SkeinMeters.ACTIVE, now -> flights.apply(now).count());
        gauge(
                registry,
                SkeinMeters.WAITING,
                now -> flights.apply(now).mapToInt(FlightSnapshot::callers).sum());
    }

    private void gauge(MeterRegistry registry, SkeinMeters meter, ToDoubleFunction<T> value) {
        Gauge.builder(meter.getName(), source.get(), value)
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }
}
