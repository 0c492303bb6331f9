package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.BulkLoader;
import io.skein.CallerTimeoutException;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Gate;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * C2 the fence: every way a value can come into the store, against every way it can be overtaken meanwhile. The source
 * is asked before, and answers after.
 */
class FenceTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private static final String FAILS = "fails";

    private static final CacheWriter<String, String> ANYWHERE = new CacheWriter<>() {
        @Override
        public void write(String key, String value) {
            if (value.equals(FAILS)) {
                throw new IllegalStateException("nobody knows");
            }
        }

        @Override
        public void delete(String key) {}
    };

    private static final UnaryOperator<CoalescingCacheBuilder<String, String>> THROUGH =
            builder -> builder.writeThrough(ANYWHERE);

    private static UnaryOperator<CoalescingCacheBuilder<String, String>> writing = THROUGH;

    @AfterEach
    void writeThroughAgain() {
        writing = THROUGH;
    }

    /** A load in flight, and how to wait for what it stores. */
    private record Loading(Clockwork clock, CoalescingCache<String, String> cache, Gate<String> gate, Runnable ended) {}

    /** Starts a load of "key" that waits at a gate. */
    enum Path {
        FOREGROUND {
            @Override
            Loading start() {
                return start(builder -> builder, cache -> Callers.onThread(() -> cache.get("key")), 0);
            }
        },
        REFRESH_AHEAD {
            @Override
            Loading start() {
                return start(builder -> builder.refreshAhead(0.5), cache -> done(cache.get("key")), 6);
            }
        },
        STALE_WHILE_REVALIDATE {
            @Override
            Loading start() {
                return start(builder -> builder.staleWhileRevalidate(TTL), cache -> done(cache.get("key")), 12);
            }
        },
        SOFT_TIMEOUT {
            @Override
            Loading start() {
                return start(
                        builder -> builder.staleIfError(TTL).softTimeout(Duration.ofSeconds(1)),
                        cache -> Callers.onThread(() -> cache.get("key")),
                        12);
            }

            @Override
            void beforeOvertaking(Loading loading, Call<String> call) {
                Callers.awaitTrue(() -> loading.cache.flights().get(0).callers() == 2);
                loading.clock.passSeconds(2);
                assertThat(call.get()).isEqualTo("before");
            }
        },
        EVERYBODY_TIMED_OUT {
            @Override
            Loading start() {
                return start(
                        builder -> builder.callerTimeout(Duration.ofSeconds(1)).cancelWhenAbandoned(false),
                        cache -> Callers.onThread(() -> cache.get("key")),
                        0);
            }

            @Override
            void beforeOvertaking(Loading loading, Call<String> call) {
                loading.clock.passSeconds(2);
                assertThat(call.failure()).isInstanceOf(CallerTimeoutException.class);
            }
        },
        FRESH {
            @Override
            Loading start() {
                return start(builder -> builder, cache -> Callers.onThread(() -> cache.getFresh("key")), 0);
            }
        },
        ASYNC {
            @Override
            Loading start() {
                return start(builder -> builder, cache -> future(cache.getAsync("key")), 0);
            }
        },
        REFRESH {
            @Override
            Loading start() {
                return start(builder -> builder, cache -> future(cache.refresh("key")), 0);
            }
        },
        GET_ALL {
            @Override
            Loading start() {
                var loading = bulk(gate -> keys -> {
                    var value = gate.load("key");
                    return Map.of("key", value, "other", value);
                });
                call = Callers.onThread(
                        () -> loading.cache.getAll(List.of("key", "other")).get("key"));
                return loading;
            }
        },
        EXTRA_KEY {
            @Override
            Loading start() {
                var loading = bulk(gate -> keys -> {
                    var value = gate.load("asked");
                    return Map.of("asked", value, "key", value);
                });
                call = Callers.onThread(
                        () -> loading.cache.getAll(List.of("asked")).get("asked"));
                return loading;
            }
        },
        EXTRA_KEY_OF_ONE {
            @Override
            Loading start() {
                var loading = bulk(gate -> keys -> {
                    var value = gate.load("asked");
                    return Map.of("asked", value, "key", value);
                });
                call = Callers.onThread(() -> loading.cache.get("asked"));
                return loading;
            }
        },
        GET_WITH {
            @Override
            Loading start() {
                return start((cache, gate) -> Callers.onThread(() -> cache.getWith(
                        "key", (key, context) -> Loaded.of(gate.load(key)).tags("tag"))));
            }
        },
        GET_WITH_ASYNC {
            @Override
            Loading start() {
                return start((cache, gate) -> future(cache.getWithAsync(
                        "key",
                        (key, context) -> Callers.onThread(() -> gate.load(key))
                                .outcome()
                                .thenApply(value -> Loaded.of(value).tags("tag")))));
            }
        },
        LEASE {
            @Override
            Loading start() {
                return start((cache, gate) -> Callers.onThread(() -> {
                    var lease = cache.lease("key");
                    var value = gate.load("key");
                    lease.put(Loaded.of(value).tags("tag"));
                    return value;
                }));
            }
        },
        NOT_MODIFIED {
            @Override
            Loading start() {
                var clock = new Clockwork();
                var gate = new Gate<String>();
                var cache = writing.apply(CoalescingCache.builder("fence"))
                        .ticker(clock)
                        .ttl(TTL)
                        .staleIfError(TTL)
                        .contextLoader((key, context) -> {
                            gate.load(key);
                            return Loaded.notModified();
                        })
                        .build();
                cache.put("key", Loaded.of("before").tags("tag"));
                clock.passSeconds(12);
                call = Callers.onThread(() -> cache.get("key"));
                return new Loading(
                        clock, cache, gate, () -> assertThat(call.get()).isEqualTo("before"));
            }
        };

        Call<String> call;

        abstract Loading start();

        /** What has to happen before the load is overtaken. */
        void beforeOvertaking(Loading loading, Call<String> started) {}

        /** @param ageOfAValueBefore in seconds; 0 if there is none */
        Loading start(
                UnaryOperator<CoalescingCacheBuilder<String, String>> settings,
                Function<CoalescingCache<String, String>, Call<String>> caller,
                int ageOfAValueBefore) {
            var clock = new Clockwork();
            var gate = new Gate<String>("old");
            var cache = settings.apply(writing.apply(CoalescingCache.builder("fence"))
                            .ticker(clock)
                            .ttl(TTL)
                            .contextLoader(
                                    (key, context) -> Loaded.of(gate.load(key)).tags("tag")))
                    .build();
            if (ageOfAValueBefore > 0) {
                cache.put("key", Loaded.of("before").tags("tag"));
                clock.passSeconds(ageOfAValueBefore);
            }
            call = caller.apply(cache);
            return new Loading(clock, cache, gate, () -> {});
        }

        /** With a loader of the caller's own. */
        Loading start(BiFunction<CoalescingCache<String, String>, Gate<String>, Call<String>> caller) {
            var clock = new Clockwork();
            var gate = new Gate<String>("old");
            var cache = writing.apply(CoalescingCache.builder("fence"))
                    .ticker(clock)
                    .ttl(TTL)
                    .build();
            call = caller.apply(cache, gate);
            return new Loading(clock, cache, gate, () -> assertThat(call.get()).isEqualTo("old"));
        }

        Loading bulk(Function<Gate<String>, BulkLoader<String, String>> loader) {
            var clock = new Clockwork();
            var gate = new Gate<String>("old");
            var cache = writing.apply(CoalescingCache.builder("fence"))
                    .ticker(clock)
                    .ttl(TTL)
                    .bulkLoader(loader.apply(gate))
                    .build();
            return new Loading(clock, cache, gate, () -> assertThat(call.get()).isEqualTo("old"));
        }

        private static Call<String> done(String value) {
            return future(CompletableFuture.completedFuture(value));
        }

        private static Call<String> future(CompletableFuture<String> future) {
            return new Call<>(future, null, future);
        }
    }

    /** Overtakes the load of "key". */
    enum Overtaking {
        INVALIDATE(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.invalidate("key");
            }
        },
        WRITE("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.write("key", "put");
            }
        },
        WRITE_ASYNC("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.writeAsync("key", "put").orTimeout(30, TimeUnit.SECONDS).join();
            }
        },
        DELETE(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.delete("key");
            }
        },
        FAILED_WRITE(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                assertThatThrownBy(() -> cache.write("key", FAILS)).isInstanceOf(IllegalStateException.class);
            }
        },
        INVALIDATE_KEYS(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.invalidateAll(List.of("else", "key"));
            }
        },
        INVALIDATE_ALL(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.invalidateAll();
            }
        },
        INVALIDATE_TAG(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.invalidateTag("tag");
            }
        },
        PUT("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.put("key", "put");
            }
        },
        MAP_PUT("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().put("key", "put");
            }
        },
        MAP_REMOVE(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().remove("key");
            }
        },
        MAP_CLEAR(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().clear();
            }
        },
        MAP_REPLACE("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().put("key", "first");
                assertThat(cache.asMap().replace("key", "put")).isEqualTo("first");
            }
        },
        MAP_REPLACE_IF_EQUAL("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().put("key", "first");
                assertThat(cache.asMap().replace("key", "first", "put")).isTrue();
            }
        },
        MAP_REMOVE_IF_EQUAL(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().put("key", "first");
                assertThat(cache.asMap().remove("key", "first")).isTrue();
            }
        },
        MAP_COMPUTE("put") {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.asMap().compute("key", (key, value) -> "put");
            }
        },
        FORGET_AND_REMOVE(null) {
            @Override
            void run(CoalescingCache<String, String> cache) {
                cache.forget("key");
                cache.asMap().remove("key");
            }
        };

        private final String left;

        Overtaking(String left) {
            this.left = left;
        }

        abstract void run(CoalescingCache<String, String> cache);
    }

    static Stream<Arguments> all() {
        return Stream.of(Path.values())
                .flatMap(path -> Stream.of(Overtaking.values())
                        .filter(overtaking -> overtaking != Overtaking.INVALIDATE_TAG || hasTags(path))
                        .map(overtaking -> Arguments.of(path, overtaking)));
    }

    private static boolean hasTags(Path path) {
        return path != Path.GET_ALL && path != Path.EXTRA_KEY && path != Path.EXTRA_KEY_OF_ONE;
    }

    @ParameterizedTest
    @MethodSource("all")
    void C2_whatTookOffBefore_isNotStoredAfter(Path path, Overtaking overtaking) {
        var loading = path.start();
        var cache = loading.cache;
        loading.gate.awaitEntered();
        path.beforeOvertaking(loading, path.call);

        overtaking.run(cache);

        assertThat(cache.getIfPresent("key")).isEqualTo(overtaking.left);
        loading.gate.open();
        loading.ended.run();
        awaitEnd(path, cache);
        assertThat(cache.getIfPresent("key")).isEqualTo(overtaking.left);
        assertThat(cache.entry("key").map(CacheEntry::value).orElse(null)).isEqualTo(overtaking.left);
    }

    /** That the above would fail without the fence: the same paths store what nobody overtook. */
    @ParameterizedTest
    @EnumSource(Path.class)
    void C2_whatNobodyOvertakes_isStored(Path path) {
        var loading = path.start();
        loading.gate.awaitEntered();
        path.beforeOvertaking(loading, path.call);

        loading.gate.open();

        var expected = path == Path.NOT_MODIFIED ? "before" : "old";
        Callers.awaitTrue(() -> expected.equals(loading.cache.getIfPresent("key")));
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void C2_whatAWriteBehindOvertakes_isNotStored(Path path) {
        for (boolean flushed : new boolean[] {false, true}) {
            for (boolean deleted : new boolean[] {false, true}) {
                writing = builder -> builder.writeBehind(ANYWHERE, WriteBehind.of(1_000, TTL));
                var loading = path.start();
                loading.gate.awaitEntered();
                path.beforeOvertaking(loading, path.call);

                if (deleted) {
                    loading.cache.delete("key");
                } else {
                    loading.cache.write("key", "put");
                }
                if (flushed) {
                    loading.cache.flush();
                }
                loading.gate.open();

                loading.ended.run();
                awaitEnd(path, loading.cache);
                assertThat(loading.cache.getIfPresent("key")).isEqualTo(deleted ? null : "put");
                loading.cache.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void C2_forget_keepsWhatIsStored_andStoresNothing(Path path) {
        var loading = path.start();
        loading.gate.awaitEntered();
        path.beforeOvertaking(loading, path.call);
        var before = loading.cache.entry("key").map(CacheEntry::value);

        loading.cache.forget("key");
        loading.gate.open();

        loading.ended.run();
        awaitEnd(path, loading.cache);
        assertThat(loading.cache.entry("key").map(CacheEntry::value)).isEqualTo(before);
    }

    /** A lease is no load of the cache's. */
    private static void awaitEnd(Path path, CoalescingCache<String, String> cache) {
        Callers.awaitTrue(() -> path == Path.LEASE || cache.stats().loads() == 1);
        Callers.awaitTrue(() -> cache.flights().isEmpty());
    }

    @Test
    void C2_callersThatComeAfter_loadAnew_andThoseBeforeGetWhatTheyAskedFor() {
        var first = new Gate<String>("old");
        var second = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("fence").build();
        var before = Callers.onThread(() -> cache.get("key", first));
        first.awaitEntered();

        cache.invalidate("key");
        var after = Callers.onThread(() -> cache.get("key", second));
        second.awaitEntered();
        first.open();
        second.open();

        assertThat(before.get()).isEqualTo("old");
        assertThat(after.get()).isEqualTo("new");
        assertThat(cache.getIfPresent("key")).isEqualTo("new");
    }

    @ParameterizedTest
    @EnumSource(names = {"INVALIDATE", "INVALIDATE_KEYS", "INVALIDATE_ALL", "MAP_CLEAR", "MAP_REMOVE"})
    void C2_callersThatComeAfter_doNotWaitForTheLoadBefore(Overtaking overtaking) {
        var gate = new Gate<String>("old");
        var cache = CoalescingCache.<String, String>builder("fence").build();
        var before = Callers.onThread(() -> cache.get("key", gate));
        gate.awaitEntered();

        overtaking.run(cache);

        assertThat(cache.get("key", key -> "new")).isEqualTo("new");
        assertThat(before.outcome()).isNotDone();
        gate.open();
        assertThat(before.get()).isEqualTo("old");
    }

    @Test
    void C2_invalidate_neverWaitsForALoad() {
        var gate = new Gate<String>();
        var cache =
                CoalescingCache.<String, String>builder("fence").loader(gate).build();
        var call = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        cache.invalidate("key");
        cache.invalidateAll(List.of("key"));
        cache.invalidateAll();
        cache.invalidateTag("tag");
        cache.put("key", "put");

        assertThat(call.outcome()).isNotDone();
        gate.open();
        assertThat(call.get()).isEqualTo("value");
        assertThat(cache.get("key")).isEqualTo("put");
    }

    // Tags

    @Test
    void C9_invalidateTag_removesWhatHasTheTag_andNothingElse() {
        var cache = CoalescingCache.<String, String>builder("tags").build();
        cache.put("a", Loaded.of("1").tags("red", "round"));
        cache.put("b", Loaded.of("2").tags("red"));
        cache.put("c", Loaded.of("3").tags("blue"));
        cache.put("d", "4");

        cache.invalidateTag("round");
        assertThat(cache.asMap()).containsOnlyKeys("b", "c", "d");

        cache.invalidateTag("red");
        assertThat(cache.asMap()).containsOnlyKeys("c", "d");

        cache.put("a", Loaded.of("5").tags("red"));
        assertThat(cache.getIfPresent("a")).isEqualTo("5");
    }

    @Test
    void C9_aCallerAfterTheInvalidation_doesNotGetWhatAFlightBeforeItBrings() {
        var gate = new Gate<String>("old");
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("tags")
                .contextLoader((key, context) -> Loaded.of(loads.incrementAndGet() == 1 ? gate.load(key) : "new")
                        .tags("tag"))
                .build();
        var before = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        cache.invalidateTag("tag");
        var after = Callers.onThread(() -> cache.get("key"));
        var afterAsync = cache.getAsync("key");
        var afterAll = Callers.onThread(() -> cache.getAll(List.of("key")).get("key"));
        Callers.awaitTrue(() -> cache.flights().get(0).callers() >= 3);
        gate.open();

        assertThat(before.get()).isEqualTo("old");
        assertThat(after.get()).isEqualTo("new");
        assertThat(afterAsync.join()).isEqualTo("new");
        assertThat(afterAll.get()).isEqualTo("new");
        assertThat(cache.getIfPresent("key")).isEqualTo("new");
        assertThat(loads).hasValue(2);
    }

    @Test
    void C9_thousandsOfTagsInvalidatedDuringALoad_areAllSeenWhenItLands() {
        for (int hit : new int[] {0, 1, 1_023, 1_024, 1_025, 4_999}) {
            var gate = new Gate<String>("old");
            var cache = CoalescingCache.<String, String>builder("tags")
                    .contextLoader((key, context) -> Loaded.of(gate.load(key)).tags("tag" + hit))
                    .build();
            var call = Callers.onThread(() -> cache.get("key"));
            gate.awaitEntered();

            for (int i = 0; i < 5_000; i++) {
                cache.invalidateTag("tag" + i);
            }
            gate.open();

            assertThat(call.get()).isEqualTo("old");
            assertThat(cache.getIfPresent("key")).as("tag" + hit).isNull();
        }
    }

    @Test
    void C9_tagsInvalidatedBeforeTheTakeOff_doNoHarm() {
        var cache = CoalescingCache.<String, String>builder("tags")
                .contextLoader((key, context) -> Loaded.of("value").tags("tag"))
                .build();
        for (int i = 0; i < 3_000; i++) {
            cache.invalidateTag(i % 2 == 0 ? "tag" : "tag" + i);
        }

        cache.get("key");

        assertThat(cache.getIfPresent("key")).isEqualTo("value");
    }

    @Test
    void C9_tagsUnderFire_neverKeepACallerAsking() {
        var self = new AtomicReference<CoalescingCache<String, String>>();
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("tags")
                .contextLoader((key, context) -> {
                    loads.incrementAndGet();
                    self.get().invalidateTag("tag");
                    return Loaded.of("value").tags("tag");
                })
                .build();
        self.set(cache);

        assertThat(cache.get("key")).isEqualTo("value");

        assertThat(loads).hasValue(1);
        assertThat(cache.getIfPresent("key")).isNull();
    }

    @Test
    void C2_putWithNotModified_isRefused() {
        var cache = CoalescingCache.<String, String>builder("fence").build();

        assertThatThrownBy(() -> cache.put("key", Loaded.notModified()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notModified is for loaders");
    }
}
