package io.skein.spring.actuate;

import io.skein.FlightSnapshot;
import io.skein.spring.SkeinRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which caches, groups and groups of streams have loads that run longer than their {@code stuck-after}. */
public final class StuckFlights {
    private static final String STUCK_AFTER = "stuck-after";

    private final SkeinRegistry registry;

    /** Of these. */
    public StuckFlights(SkeinRegistry registry) {
        this.registry = registry;
    }

    /** How many by {@code cache.<name>}, {@code group.<name>} and {@code stream.<name>}; those without are left out. Tells no keys. */
    public Map<String, Long> count() {
        var stuck = new LinkedHashMap<String, Long>();
        registry.cacheNames().forEach(name -> {
            var managed = registry.managedCache(name);
            var cache = managed.target();
            add(stuck, "cache." + name, managed.settings(), cache.flights(), cache.forgottenFlights());
        });
        registry.groupNames().forEach(name -> {
            var managed = registry.managedGroup(name);
            var group = managed.target();
            add(stuck, "group." + name, managed.settings(), group.flights(), group.forgottenFlights());
        });
        registry.streamNames().forEach(name -> {
            var managed = registry.managedStreams(name);
            var streams = managed.target();
            add(stuck, "stream." + name, managed.settings(), streams.flights(), streams.forgottenFlights());
        });
        return stuck;
    }

    private static void add(
            Map<String, Long> stuck,
            String name,
            Map<String, Object> settings,
            List<FlightSnapshot<Object>> flights,
            List<FlightSnapshot<Object>> forgotten) {
        var limit = (@Nullable Duration) settings.get(STUCK_AFTER);
        if (limit == null) {
            return;
        }
        long count = Stream.concat(flights.stream(), forgotten.stream())
                .filter(flight -> flight.age().compareTo(limit) >= 0)
                .count();
        if (count > 0) {
            stuck.put(name, count);
        }
    }
}
