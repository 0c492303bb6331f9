package io.skein.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.event.CacheListener;
import io.skein.event.FlightEvent;
import io.skein.event.FlightOutcome;
import io.skein.event.StaleReason;
import io.skein.stream.StreamGroup;
import io.skein.stream.StreamGroupBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what groups and caches do: the {@link SkeinMeters}. It listens to them, and looks at the present state of what
 * it monitors:
 *
 * <pre>{@code
 * SkeinMetrics metrics = SkeinMetrics.of(registry);
 * CoalescingCache<Long, Product> products = metrics.build(
 *         CoalescingCache.<Long, Product>builder("products").loader(dao::find));
 * }</pre>
 *
 * <p>One serves any number of groups and caches of one registry; those of the same name are counted together. What has
 * been monitored may be collected like anything else.
 */
public final class SkeinMetrics implements CacheListener {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, GroupMeters> groups = new ConcurrentHashMap<>();
    private final Map<String, CacheMeters> caches = new ConcurrentHashMap<>();

    private SkeinMetrics(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** Counts in this registry. */
    public static SkeinMetrics of(MeterRegistry registry) {
        return of(registry, List.of());
    }

    /**
     * Counts in this registry.
     *
     * @param tags that all meters get
     */
    public static SkeinMetrics of(MeterRegistry registry, Iterable<Tag> tags) {
        return new SkeinMetrics(requireNonNull(registry, "registry"), Tags.of(tags));
    }

    /** Builds a group that is counted, and {@linkplain #monitor(Group) monitors} it. */
    public <K, V extends @Nullable Object> Group<K, V> build(GroupBuilder<K, V> builder) {
        return monitor(builder.listener(this).build());
    }

    /** Builds a group of streams that is counted, and {@linkplain #monitor(StreamGroup) monitors} it. */
    public <K> StreamGroup<K> build(StreamGroupBuilder<K> builder) {
        return monitor(builder.listener(this).build());
    }

    /** Builds a cache that is counted, and {@linkplain #monitor(CoalescingCache) monitors} it. */
    public <K, V> CoalescingCache<K, V> build(CoalescingCacheBuilder<K, V> builder) {
        return monitor(builder.listener(this).build());
    }

    /**
     * Shows the flights in progress, and everything else of the group from zero on. For what somebody else builds.
     *
     * @param group was built with this as its listener: else what happens to its flights is not counted
     * @return the same group
     */
    public <K, V extends @Nullable Object> Group<K, V> monitor(Group<K, V> group) {
        group(group.name());
        FlightGauges.of(group, tags).bindTo(registry);
        return group;
    }

    /**
     * Shows the streams that are being written, as flights whose callers are the readers, and everything else of the group
     * from zero on. For what somebody else builds.
     *
     * @param group was built with this as its listener: else what happens to its streams is not counted
     * @return the same group
     */
    public <K> StreamGroup<K> monitor(StreamGroup<K> group) {
        group(group.name());
        FlightGauges.of(group, tags).bindTo(registry);
        return group;
    }

    /**
     * Shows the flights in progress, the conventional {@code cache.*} meters, and everything else of the cache from zero
     * on. For what somebody else builds.
     *
     * @param cache was built with this as its listener: else only what its {@code stats} tell is counted
     * @return the same cache
     */
    public <K, V> CoalescingCache<K, V> monitor(CoalescingCache<K, V> cache) {
        group(cache.name());
        cache(cache.name());
        CoalescingCacheMetrics.monitor(registry, cache, tags);
        return cache;
    }

    private GroupMeters group(String name) {
        var known = groups.get(name); // before computeIfAbsent, which may lock
        return known != null ? known : groups.computeIfAbsent(name, n -> new GroupMeters(registry, tags, n));
    }

    private CacheMeters cache(String name) {
        var known = caches.get(name);
        return known != null ? known : caches.computeIfAbsent(name, n -> new CacheMeters(registry, tags, n));
    }

    /** How a constant is written as the value of a tag. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    // Flights

    @Override
    public void onTakeOff(FlightEvent flight) {
        group(flight.group()).leaders.increment();
    }

    /** Who takes over has been counted when it joined. */
    @Override
    public void onTakeOver(FlightEvent flight) {}

    @Override
    public void onJoin(FlightEvent flight) {
        group(flight.group()).followers.increment();
    }

    @Override
    public void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {
        group(flight.group()).flights(outcome).record(flight.age());
    }

    @Override
    public void onStuck(FlightEvent flight, StackTraceElement[] stack) {
        group(flight.group()).stuck.increment();
    }

    @Override
    public void onReject(String group, Object key) {
        group(group).rejected.increment();
    }

    // Entries

    @Override
    public void onStale(String cache, Object key, StaleReason reason) {
        cache(cache).stale(reason).increment();
    }

    @Override
    public void onRefresh(String cache, Object key, @Nullable Throwable failure) {
        var meters = cache(cache);
        (failure == null ? meters.refreshed : meters.refreshFailed).increment();
    }

    @Override
    public void onInvalidate(String cache, Object key) {
        cache(cache).invalidatedKeys.increment();
    }

    @Override
    public void onInvalidateAll(String cache) {
        cache(cache).invalidatedAll.increment();
    }

    @Override
    public void onInvalidateTag(String cache, String tag) {
        cache(cache).invalidatedTags.increment();
    }
}
