package io.skein.spring.actuate;

import io.skein.spring.SkeinRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which caches that are shared with other JVMs load on their own now, as their tier cannot be relied on. */
public final class AloneCaches {
    private final SkeinRegistry registry;

    /** Of these. */
    public AloneCaches(SkeinRegistry registry) {
        this.registry = registry;
    }

    /** Their names; nothing at all if no cache is shared. */
    public Optional<List<String>> names() {
        var shared = registry.cacheNames().stream()
                .flatMap(name -> registry.managedCache(name).target().tierStats().stream()
                        .map(stats -> Map.entry(name, stats.coherent())))
                .toList();
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(shared.stream()
                        .filter(one -> !one.getValue())
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList());
    }
}
