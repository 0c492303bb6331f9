package io.skein.spring.actuate;

import io.skein.FlightSnapshot;
import io.skein.cache.CacheStats;
import io.skein.cache.CoalescingCache;
import io.skein.internal.Text;
import io.skein.spring.Managed;
import io.skein.spring.SkeinRegistry;
import io.skein.stream.StreamStats;
import io.skein.tier.TierException;
import io.skein.tier.TierStats;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Shows the caches, groups and streams: settings, what they have done, and the flights in progress. Values are never shown, and
 * keys only if {@code skein.endpoint.show-keys} is set. Invalidates, if {@code management.endpoint.skein.access} is
 * {@code unrestricted}.
 *
 * <pre>{@code
 * GET    /actuator/skein
 * GET    /actuator/skein/caches/products
 * GET    /actuator/skein/groups/reports
 * GET    /actuator/skein/streams/exports
 * DELETE /actuator/skein/caches/products?key=42
 * DELETE /actuator/skein/caches/products?tag=brand:7
 * DELETE /actuator/skein/caches/products?all=true
 * }</pre>
 */
@Endpoint(id = "skein", defaultAccess = Access.READ_ONLY)
public final class SkeinEndpoint {
    private static final String CACHES = "caches";
    private static final String GROUPS = "groups";
    private static final String STREAMS = "streams";
    private static final String MASK = "******";

    private final SkeinRegistry registry;
    private final boolean showsKeys;

    /**
     * An endpoint.
     *
     * @param showsKeys whether keys are shown, rather than a mask
     */
    public SkeinEndpoint(SkeinRegistry registry, boolean showsKeys) {
        this.registry = registry;
        this.showsKeys = showsKeys;
    }

    /**
     * All there is.
     *
     * @param caches by name
     * @param groups by name
     * @param streams by name
     */
    public record Everything(
            Map<String, CacheView> caches, Map<String, GroupView> groups, Map<String, StreamView> streams) {}

    /**
     * A cache.
     *
     * @param settings what its properties say
     * @param stats what it has done
     * @param estimatedSize roughly how many entries it has
     * @param flights its loads in flight
     * @param forgottenFlights its loads that go on for the callers they have only
     * @param tier what it has had of the tier by which it is shared with other JVMs, if it is
     */
    public record CacheView(
            Map<String, String> settings,
            CacheStats stats,
            long estimatedSize,
            List<FlightView> flights,
            List<FlightView> forgottenFlights,
            @Nullable TierStats tier) {}

    /**
     * A group.
     *
     * @param settings what its properties say
     * @param flights its loads in flight
     * @param forgottenFlights its loads that go on for the callers they have only
     */
    public record GroupView(
            Map<String, String> settings, List<FlightView> flights, List<FlightView> forgottenFlights) {}

    /**
     * A group of streams.
     *
     * @param settings what its properties say
     * @param stats what there is, and what it occupies
     * @param flights its streams that are being written
     * @param forgottenFlights its streams that are being written for the readers they have only
     */
    public record StreamView(
            Map<String, String> settings,
            StreamStats stats,
            List<FlightView> flights,
            List<FlightView> forgottenFlights) {}

    /**
     * A load in flight.
     *
     * @param key the key, or a mask
     * @param ageMillis how long it has been running
     * @param callers how many wait for it
     * @param thread the name of the thread that runs it, if one does
     */
    public record FlightView(
            String key,
            long ageMillis,
            int callers,
            @Nullable String thread) {}

    /**
     * What an invalidation has done.
     *
     * @param invalidated {@code key}, {@code tag} or {@code all}
     * @param cache the name of the cache
     */
    public record Invalidation(String invalidated, String cache) {}

    /**
     * What is wrong with a request.
     *
     * @param problem what
     */
    public record Complaint(String problem) {}

    /** Everything. */
    @ReadOperation
    public Everything everything() {
        var caches = new LinkedHashMap<String, CacheView>();
        registry.cacheNames().forEach(name -> caches.put(name, view(registry.managedCache(name))));
        var groups = new LinkedHashMap<String, GroupView>();
        registry.groupNames().forEach(name -> groups.put(name, groupView(name)));
        var streams = new LinkedHashMap<String, StreamView>();
        registry.streamNames().forEach(name -> streams.put(name, streamView(name)));
        return new Everything(caches, groups, streams);
    }

    /**
     * One cache, group, or group of streams.
     *
     * @param kind {@code caches}, {@code groups} or {@code streams}
     * @param name its name, which may have slashes
     */
    @ReadOperation
    public WebEndpointResponse<Object> one(
            @Selector String kind, @Selector(match = Match.ALL_REMAINING) String... name) {
        var full = String.join("/", name);
        if (kind.equals(CACHES) && registry.cacheNames().contains(full)) {
            return new WebEndpointResponse<>(view(registry.managedCache(full)));
        }
        if (kind.equals(GROUPS) && registry.groupNames().contains(full)) {
            return new WebEndpointResponse<>(groupView(full));
        }
        if (kind.equals(STREAMS) && registry.streamNames().contains(full)) {
            return new WebEndpointResponse<>(streamView(full));
        }
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }

    /**
     * Invalidates one key, one tag, or all of a cache: exactly one of them has to be asked for.
     *
     * @param kind {@code caches}
     * @param name of the cache, which may have slashes
     * @param key as text
     */
    @DeleteOperation
    public WebEndpointResponse<Object> invalidate(
            @Selector String kind,
            // Boot 3 takes a parameter for mandatory unless it has this one, Boot 4 knows the other.
            @org.springframework.lang.Nullable @Nullable String key,
            @org.springframework.lang.Nullable @Nullable String tag,
            @org.springframework.lang.Nullable @Nullable Boolean all,
            @Selector(match = Match.ALL_REMAINING) String... name) {
        var full = String.join("/", name);
        if (!kind.equals(CACHES) || !registry.cacheNames().contains(full)) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        boolean everything = Boolean.TRUE.equals(all);
        if ((key == null ? 0 : 1) + (tag == null ? 0 : 1) + (everything ? 1 : 0) != 1) {
            return new WebEndpointResponse<>(
                    new Complaint("ask for one of key=..., tag=... and all=true"),
                    WebEndpointResponse.STATUS_BAD_REQUEST);
        }
        var cache = registry.managedCache(full).target();
        try {
            if (key != null) {
                invalidate(cache, candidates(cache, key));
                return new WebEndpointResponse<>(new Invalidation("key", full));
            }
            if (tag != null) {
                cache.invalidateTag(tag);
                return new WebEndpointResponse<>(new Invalidation("tag", full));
            }
            cache.invalidateAll();
            return new WebEndpointResponse<>(new Invalidation("all", full));
        } catch (TierException e) {
            return new WebEndpointResponse<>(
                    new Complaint("what the cache is shared by could not be reached: here it is invalidated, elsewhere"
                            + " perhaps not; ask again"),
                    WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }

    /**
     * The keys that a text may mean: whatever key is there that is written like it, stale values and remembered absences
     * included; and, since a load may take off this moment, the text itself, the number or UUID it is written as. To
     * invalidate what is not there does no harm.
     */
    private static Set<Object> candidates(CoalescingCache<Object, Object> cache, String text) {
        var found = new LinkedHashSet<Object>();
        // Flights first: what lands meanwhile is stored by then.
        cache.flights().stream()
                .map(FlightSnapshot::key)
                .filter(key -> isWritten(key, text))
                .forEach(found::add);
        cache.keys().stream().filter(key -> isWritten(key, text)).forEach(found::add);
        found.add(text);
        if (text.matches("-?\\d{1,19}")) {
            var number = new BigInteger(text);
            if (number.bitLength() < Long.SIZE) {
                found.add(number.longValue());
            }
            if (number.bitLength() < Integer.SIZE) {
                found.add(number.intValue());
            }
        }
        if (text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            found.add(UUID.fromString(text));
        }
        return found;
    }

    private static boolean isWritten(Object key, String text) {
        try {
            return text.equals(key.toString());
        } catch (RuntimeException e) { // it cannot be written at all, and must not be in the way of others
            return false;
        }
    }

    /** @throws TierException if one of them may be there elsewhere still; the others have been tried */
    private static void invalidate(CoalescingCache<Object, Object> cache, Set<Object> candidates) {
        TierException failure = null;
        for (var candidate : candidates) {
            try {
                cache.invalidate(candidate);
            } catch (ClassCastException | IllegalArgumentException e) {
                // The cache knows the type of its keys, or what it is shared by does, and this is of another: it is not
                // there.
            } catch (TierException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private CacheView view(Managed<CoalescingCache<Object, Object>> managed) {
        var cache = managed.target();
        return new CacheView(
                texts(managed.settings()),
                cache.stats(),
                cache.estimatedSize(),
                views(cache.flights()),
                views(cache.forgottenFlights()),
                cache.tierStats().orElse(null));
    }

    private GroupView groupView(String name) {
        var managed = registry.managedGroup(name);
        return new GroupView(
                texts(managed.settings()),
                views(managed.target().flights()),
                views(managed.target().forgottenFlights()));
    }

    private StreamView streamView(String name) {
        var managed = registry.managedStreams(name);
        var streams = managed.target();
        return new StreamView(
                texts(managed.settings()),
                streams.stats(),
                views(streams.flights()),
                views(streams.forgottenFlights()));
    }

    private static Map<String, String> texts(Map<String, Object> settings) {
        var texts = new TreeMap<String, String>();
        settings.forEach((name, value) ->
                texts.put(name, value instanceof Class<?> type ? type.getName() : value.toString()));
        return texts;
    }

    private List<FlightView> views(List<FlightSnapshot<Object>> flights) {
        return flights.stream()
                .map(flight -> new FlightView(
                        showsKeys ? Text.quote(flight.key()) : MASK,
                        flight.age().toMillis(),
                        flight.callers(),
                        flight.leaderThread() == null
                                ? null
                                : flight.leaderThread().getName()))
                .toList();
    }
}
