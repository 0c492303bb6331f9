package io.skein.benchmarks.contender;

import static java.util.Objects.requireNonNull;

import io.skein.benchmarks.report.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.SpringVersion;

/** How the contenders are set up: their sources, which are resources too. */
public final class Setups {
    private static final String VERSIONS = "versions.properties";

    private final Properties versions = new Properties();
    private final List<Setup> all = new ArrayList<>();

    private Setups() {
        try (var in = requireNonNull(Setups.class.getResourceAsStream(VERSIONS), VERSIONS)) {
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<Setup> all() {
        var setups = new Setups();
        var caffeine = setups.version("caffeine");
        var spring = "Spring " + SpringVersion.getVersion();
        setups.add(
                Cached.SKEIN.label(),
                "Group, and CoalescingCache",
                setups.version("skein"),
                OnGroup.class,
                OnGroupAsync.class,
                OnSkein.class);
        setups.add(
                Cached.SKEIN_NEAR.label(),
                "CoalescingCache with what it has read from a second tier",
                setups.version("skein"),
                OnSkeinNear.class);
        setups.add(
                Cached.COALESCED.label(),
                "a method of a Spring bean",
                setups.version("skein") + ", " + spring,
                CoalescedFlights.class,
                CoalescedAsync.class,
                OnCoalesced.class);
        setups.add(
                Cached.HAND_MADE.label(),
                "a ConcurrentHashMap of futures, for a cache before Caffeine",
                caffeine,
                HandMadeFlights.class,
                HandMadeAsync.class,
                HandMadeCache.class);
        setups.add(Cached.CAFFEINE.label(), "LoadingCache", caffeine, OnCaffeine.class);
        setups.add(
                Cached.CAFFEINE_ASYNC.label(),
                "AsyncCache",
                caffeine,
                OnCaffeineAsync.class,
                OnCaffeinePool.class,
                CaffeineFutures.class);
        setups.add(Cached.CAFFEINE_PRESENT.label(), "Cache.getIfPresent", caffeine, OnCaffeinePresent.class);
        setups.add(
                Cached.CAFFEINE_COARSE.label(),
                "Cache.getIfPresent, with a clock that a thread moves every millisecond",
                caffeine,
                OnCaffeineCoarse.class);
        setups.add(Cached.GUAVA.label(), "LoadingCache", setups.version("guava"), OnGuava.class);
        setups.add(Cached.CACHE2K.label(), "Cache with a loader", setups.version("cache2k"), OnCache2k.class);
        setups.add(
                Cached.JETCACHE.label(),
                "a local cache with penetration protection",
                setups.version("jetcache") + ", Caffeine " + caffeine,
                OnJetCache.class);
        setups.add(
                Cached.CACHEABLE.label() + ", " + Cached.CACHEABLE_SYNC.label(),
                "methods of a Spring bean",
                spring + ", Caffeine " + caffeine,
                OnCacheable.class,
                CacheableAsync.class);
        setups.add("annotated methods", "by the kind of key", spring + ", Caffeine " + caffeine, Annotated.class);
        setups.add("a hundred hits at once", "skein and caffeine, with one call and with many", caffeine, Bulk.class);
        setups.add(
                "a hot key",
                "what becomes of a value at the end of its time to live",
                "the same versions",
                Freshness.class);
        setups.add(Blocking.BARE.label(), "one future; the least there is to do", "", Blocking.class);
        setups.add(Cached.MAP.label(), "ConcurrentHashMap.get; what no cache can be faster than", "", OnMap.class);
        return List.copyOf(setups.all);
    }

    private String version(String name) {
        return requireNonNull(versions.getProperty(name), name);
    }

    private void add(String label, String what, String version, Class<?>... sources) {
        var source = Stream.of(sources).map(Setups::source).collect(Collectors.joining("\n"));
        all.add(new Setup(label, what, version, source));
    }

    /** Without its imports. */
    private static String source(Class<?> type) {
        var file = type.getSimpleName() + ".java";
        try (var in = requireNonNull(Setups.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .dropWhile(line -> line.isBlank() || line.startsWith("package ") || line.startsWith("import "))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
