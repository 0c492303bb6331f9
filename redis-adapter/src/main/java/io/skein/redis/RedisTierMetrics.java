package io.skein.redis;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Counts what happens on the connection of a {@link RedisTier}, with its namespace as a tag; what its caches have of it, {@code
 * SkeinMetrics} tells.
 *
 * <ul>
 *   <li>{@code skein.tier.connects}: how often the connection was made
 *   <li>{@code skein.tier.pushes}: messages of changes that Redis has sent
 *   <li>{@code skein.tier.unreadable}: values in Redis that were not understood
 *   <li>{@code skein.tier.incoherent}: how long there was no connection, a gauge in seconds that grows
 *   <li>{@code skein.tier.breaker}: for each {@code state} of the circuit breaker, 1 if it is in it, or 0
 * </ul>
 */
public final class RedisTierMetrics implements MeterBinder {
    private final RedisTier tier;
    private final Iterable<Tag> tags;

    /** Of this tier. */
    public RedisTierMetrics(RedisTier tier) {
        this(tier, List.of());
    }

    /**
     * Of this tier.
     *
     * @param tags that all meters get
     */
    public RedisTierMetrics(RedisTier tier, Iterable<Tag> tags) {
        this.tier = requireNonNull(tier, "tier");
        this.tags = requireNonNull(tags, "tags");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        var own = Tags.of(tags).and("namespace", tier.namespace());
        counter(registry, own, "connects", "How often the connection with Redis was made", RedisTierStats::connects);
        counter(registry, own, "pushes", "Messages of changes that Redis has sent", RedisTierStats::pushes);
        counter(registry, own, "unreadable", "Values in Redis that were not understood", RedisTierStats::unreadable);
        TimeGauge.builder(
                        "skein.tier.incoherent",
                        tier,
                        TimeUnit.NANOSECONDS,
                        t -> t.stats().incoherentTime().toNanos())
                .description("How long there was no connection with Redis")
                .tags(own)
                .register(registry);
        for (var state :
                List.of(CircuitBreaker.State.CLOSED, CircuitBreaker.State.OPEN, CircuitBreaker.State.HALF_OPEN)) {
            Gauge.builder("skein.tier.breaker", tier, t -> t.stats().breaker().equals(state.name()) ? 1 : 0)
                    .description("The state of the circuit breaker in front of Redis")
                    .tags(own.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
    }

    private void counter(
            MeterRegistry registry, Tags own, String name, String description, ToDoubleFunction<RedisTierStats> count) {
        FunctionCounter.builder("skein.tier." + name, tier, t -> count.applyAsDouble(t.stats()))
                .description(description)
                .tags(own)
                .register(registry);
    }
}
