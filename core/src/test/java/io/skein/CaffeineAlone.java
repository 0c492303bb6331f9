package io.skein;

import io.skein.cache.CoalescingCache;
import io.skein.event.CacheListener;
import io.skein.load.Batching;
import io.skein.load.Hedging;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Some of everything that the core does, for {@link CaffeineAloneTest}; uses the core, Caffeine and the JDK. */
public final class CaffeineAlone implements Callable<String> {
    @Override
    public String call() {
        try (var group = Group.<String, String>builder("alone")
                        .loadTimeout(Duration.ofSeconds(30))
                        .callerTimeout(Duration.ofSeconds(30))
                        .stuckAfter(Duration.ofSeconds(20))
                        .build();
                var cache = CoalescingCache.<String, String>builder("alone")
                        .ttl(Duration.ofMinutes(1))
                        .maximumSize(100)
                        .staleIfError(Duration.ofMinutes(1))
                        .listener(new CacheListener() {})
                        .asyncLoader(Batching.of(
                                keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> key + "!")),
                                10,
                                Duration.ofMillis(1)))
                        .build()) {
            var hedging = Hedging.<String, String>of(key -> key + "?", key -> key + "?");
            var loaded = group.load("a", hedging)
                    + group.supplyAsync("b", key -> key).join();
            var cached = cache.getAll(List.of("c", "d")).equals(Map.of("c", "c!", "d", "d!"));
            cache.invalidate("c");
            return loaded + cached + cache.get("c") + cache.asMap().size();
        }
    }
}
