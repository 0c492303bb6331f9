package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.skein.Loader;
import io.skein.cache.CacheStats;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CachePartTest {
    private static final List<String> KEYS = ShopDatabase.keys(3);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ShopDatabase shop;

    /** Whether callers are virtual threads: wherever there are some, both kinds. */
    static Stream<Boolean> kindsOfThreads() {
        return VirtualThreads.areHere() ? Stream.of(false, true) : Stream.of(false);
    }

    @BeforeEach
    void create() throws Exception {
        shop = new ShopDatabase(folder, new ShopSize(300, 30_000));
        shop.create(new Progress(new PrintStream(PrintStream.nullOutputStream()), false, ""));
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void cache_showsEveryOrder(boolean virtualThreads) throws Exception {
        var made = new CachedWay[1];

        run(1, virtualThreads, (loader, databaseThreads, ttl) -> {
            made[0] = new Cached(loader, databaseThreads, ttl);
            return made[0];
        });

        assertThat(out())
                .contains("stale reads after an invalidation: 0")
                .containsPattern("writes/invalidations +8")
                .containsPattern("queries run +[1-9]");
        assertThat(number("calls")).isEqualTo(made[0].stats().requests());
        assertThat(number("queries run")).isLessThan(number("calls"));
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void mapWithoutAFence_isCaught(boolean virtualThreads) {
        assertThatIllegalStateException()
                .isThrownBy(() -> run(1, virtualThreads, (loader, databaseThreads, ttl) -> new Fenceless(loader)))
                .withMessageEndingWith("calls that began after an invalidation got a report from before it");

        assertThat(out()).containsPattern("stale reads after an invalidation: [1-9]");
    }

    @Test
    void failureOfACaller_endsItAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(
                        3_600,
                        false,
                        (loader, databaseThreads, ttl) -> new Fenceless(key -> {
                            throw new IllegalArgumentException("no such report");
                        })))
                .withMessage("no such report");
    }

    private void run(int seconds, boolean virtualThreads, CachedWay.Maker maker) throws Exception {
        var options = new Options(
                Part.CACHE,
                100,
                KEYS.size(),
                virtualThreads,
                Duration.ofSeconds(30),
                Duration.ofSeconds(seconds),
                1,
                Duration.ofSeconds(1),
                null,
                false);
        try (var copy = shop.copy()) {
            new CachePart(options, KEYS, false, maker).run(copy, new PrintStream(out, true, StandardCharsets.UTF_8));
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private long number(String what) {
        var line = out().lines().filter(l -> l.strip().startsWith(what)).findFirst();
        return Long.parseLong(line.orElseThrow().replaceAll("\\D", ""));
    }

    /** What is easily written by hand: a load that an invalidation overtakes stores what it read before. */
    private static final class Fenceless implements CachedWay {
        private final Loader<String, Report> loader;
        private final Map<String, Report> reports = new ConcurrentHashMap<>();
        private final Map<String, Report> beingLoaded = new ConcurrentHashMap<>();

        Fenceless(Loader<String, Report> loader) {
            this.loader = loader;
        }

        @Override
        public String name() {
            return "fence-less";
        }

        @Override
        public Report ask(String key) throws Exception {
            var report = reports.get(key);
            if (report == null) {
                report = loader.load(key);
                reports.putIfAbsent(key, report);
            }
            return report;
        }

        @Override
        public CompletableFuture<Report> askAsync(String key) {
            try {
                return CompletableFuture.completedFuture(ask(key));
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        /** The query is over, but the report is not stored yet. */
        @Override
        public void refresh(String key) {
            try {
                beingLoaded.put(key, loader.load(key));
            } catch (Exception e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }

        /** What is being loaded lands a moment later. */
        @Override
        public void invalidate(String key) {
            reports.remove(key);
            reports.put(key, beingLoaded.remove(key));
        }

        @Override
        public CacheStats stats() {
            return new CacheStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);
        }

        @Override
        public long overtaken() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
