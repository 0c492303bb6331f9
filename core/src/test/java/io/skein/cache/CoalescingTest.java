package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.AsyncLoader;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.Loader;
import io.skein.event.CacheListener;
import io.skein.event.FlightEvent;
import io.skein.event.FlightOutcome;
import io.skein.event.StaleReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** C1, C7, C13 and C14, and what callers, loaders and listeners may do to each other. */
class CoalescingTest {
    private final Clockwork clock = new Clockwork();
    private final Versions source = new Versions();

    private CoalescingCacheBuilder<String, Integer> cache() {
        return CoalescingCache.<String, Integer>builder("cache")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .loader(source);
    }

    // C1

    /** Two threads chase each other through new keys: whoever comes second must find what was stored. */
    @Test
    void C1_aMillionMissesRacingWithLandings_costNoExtraLoad() throws Exception {
        int stretches = 5_000;
        int keysPerStretch = 100;
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<Integer, Integer>builder("gap")
                .loader(key -> loads.incrementAndGet())
                .build();
        var start = new CyclicBarrier(2);
        var calls = new ArrayList<Callers.Call<Integer>>();
        for (int i = 0; i < 2; i++) {
            calls.add(Callers.onThread(() -> {
                int absent = 0;
                for (int stretch = 0; stretch < stretches; stretch++) {
                    start.await();
                    for (int n = 0; n < keysPerStretch; n++) {
                        absent += cache.get(stretch * keysPerStretch + n) == null ? 1 : 0;
                    }
                }
                return absent;
            }));
        }

        for (var call : calls) {
            assertThat(call.outcome().get(100, TimeUnit.SECONDS)).isZero();
        }

        int keys = stretches * keysPerStretch;
        assertThat(loads).hasValue(keys);
        var stats = cache.stats();
        assertThat(stats.requests()).isEqualTo(2L * keys);
        assertThat(stats.loads()).isEqualTo(keys);
        assertThat(stats.misses() - stats.joins()).isEqualTo(keys);
        assertThat(stats.joins()).as("the race took place").isPositive();
    }

    @RepeatedTest(200)
    void C1_manyCallersOfAllKinds_causeOneLoad() throws Exception {
        var barrier = new CyclicBarrier(5);
        var cache = cache().build();
        var calls = IntStream.range(0, 4)
                .mapToObj(i -> Callers.onThread(() -> {
                    barrier.await();
                    return switch (i) {
                        case 0 -> cache.get("key");
                        case 1 -> cache.getAsync("key").join();
                        case 2 -> cache.getAll(List.of("key")).get("key");
                        default -> cache.get("key", source);
                    };
                }))
                .toList();
        barrier.await();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo(1));
        assertThat(source.loads()).isEqualTo(1);
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.stats().requests()).isEqualTo(4);
    }

    // C7

    @Test
    void C7_theLoaderSeesWhatIsStored_andKeepsTheSameReference() {
        var seen = new ConcurrentLinkedQueue<String>();
        var cache = CoalescingCache.<String, Object>builder("conditional")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .loadTimeout(Duration.ofSeconds(5))
                .contextLoader((key, context) -> {
                    seen.add(context.key() + " " + context.etag().orElse("none") + " "
                            + context.previous().isPresent() + " " + context.isCancelled() + " "
                            + context.deadline().isPresent());
                    return context.previous().isPresent()
                            ? Loaded.notModified()
                            : Loaded.of(new Object()).etag("v1").tags("tag");
                })
                .build();

        var first = cache.get("key");
        clock.passSeconds(11);
        var second = cache.get("key");

        assertThat(second).isSameAs(first);
        assertThat(seen).containsExactly("key none false false true", "key v1 true false true");
        var entry = cache.entry("key").orElseThrow();
        assertThat(entry.timeLeft()).isEqualTo(Duration.ofSeconds(10));
        assertThat(entry.etag()).contains("v1");
        assertThat(entry.tags()).containsExactly("tag");
    }

    @Test
    void C7_notModified_withoutAPreviousValue_isAFailure() {
        var cache = CoalescingCache.<String, String>builder("conditional")
                .contextLoader((key, context) -> Loaded.notModified())
                .build();

        assertThatThrownBy(() -> cache.get("key"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no previous value")
                .hasMessageContaining("key 'key' of group 'conditional'");
    }

    @Test
    void C7_anInvalidatedValue_isNotShownToTheLoader() {
        var seen = new ConcurrentLinkedQueue<Boolean>();
        var cache = CoalescingCache.<String, String>builder("conditional")
                .contextLoader((key, context) -> {
                    seen.add(context.previous().isPresent());
                    return Loaded.of("value").tags("tag");
                })
                .build();
        cache.get("key");

        cache.invalidateTag("tag");
        cache.get("key");
        cache.invalidateAll();
        cache.get("key");
        cache.invalidate("key");
        cache.get("key");

        assertThat(seen).containsExactly(false, false, false, false);
    }

    // C13

    @Test
    void C13_everyCallerHasItsOwnCopy_andWhatIsStoredIsNobodys() {
        var cache = CoalescingCache.<String, List<String>>builder("mutable")
                .copier(ArrayList::new)
                .loader(key -> new ArrayList<>(List.of("loaded")))
                .build();

        cache.get("key").add("by the leader");
        cache.getAsync("key").join().add("by a future");
        cache.getAll(List.of("key")).get("key").add("by getAll");
        cache.getIfPresent("key").add("by getIfPresent");
        cache.asMap().get("key").add("by the map");
        cache.entry("key").orElseThrow().value().add("by the entry");
        var put = new ArrayList<>(List.of("put"));
        cache.put("put", put);
        put.add("afterwards");

        assertThat(cache.get("key")).containsExactly("loaded");
        assertThat(cache.get("put")).containsExactly("put");
    }

    // Failures

    @Test
    void failuresAreShared_asTheyWereThrown_andNotRemembered() {
        var cache = cache().build();
        var failure = new IOException("down");
        source.fail(failure);

        assertThatThrownBy(() -> cache.get("key")).isSameAs(failure);
        assertThatThrownBy(() -> cache.getAsync("key").join())
                .isInstanceOf(CompletionException.class)
                .hasCause(failure);
        source.recover();

        assertThat(cache.get("key")).isEqualTo(3);
        assertThat(cache.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void whatUsersCodeThrows_surfacesOnce_andTheCacheStaysRight() {
        var cache = CoalescingCache.<String, Integer>builder("hostile")
                .maximumWeight(100)
                .weigher((String key, Integer value) -> {
                    if (value == 13) {
                        throw new IllegalArgumentException("unlucky");
                    }
                    return value == 14 ? -1 : 1;
                })
                .build();

        assertThatThrownBy(() -> cache.get("key", key -> 13)).hasMessage("unlucky");
        assertThatThrownBy(() -> cache.put("key", 13)).hasMessage("unlucky");
        assertThatThrownBy(() -> cache.get("key", key -> 14))
                .hasMessageContaining("weigher")
                .hasMessageContaining("-1");
        assertThat(cache.asMap()).isEmpty();
        assertThat(cache.flights()).isEmpty();

        assertThat(cache.get("key", key -> 15)).isEqualTo(15);
        assertThat(cache.getIfPresent("key")).isEqualTo(15);
    }

    @Test
    void aListenerThatThrows_hurtsNobody() {
        var cache = cache().staleWhileRevalidate(Duration.ofSeconds(10))
                .listener(new CacheListener() {
                    @Override
                    public void onInvalidate(String name, Object key) {
                        throw new IllegalStateException("listener");
                    }

                    @Override
                    public void onStale(String name, Object key, StaleReason reason) {
                        throw new StackOverflowError();
                    }

                    @Override
                    public void onTakeOff(FlightEvent flight) {
                        throw new IllegalStateException("listener");
                    }
                })
                .build();

        assertThat(cache.get("key")).isEqualTo(1);
        clock.passSeconds(11);
        assertThat(cache.get("key")).isEqualTo(1);
        cache.invalidate("key");
        assertThat(cache.getIfPresent("key")).isNull();
    }

    @Test
    void aTickerThatThrows_failsTheCall_andTheNextIsRight() {
        var broken = new AtomicInteger();
        var cache = CoalescingCache.<String, Integer>builder("ticker")
                .ticker(() -> {
                    if (broken.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                        throw new IllegalStateException("ticker");
                    }
                    return 0;
                })
                .ttl(Duration.ofSeconds(10))
                .loader(source)
                .build();
        for (int reads = 1; reads < 20; reads++) {
            broken.set(reads);
            try {
                cache.get("key" + reads);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("ticker");
            }
            broken.set(0);
            assertThat(cache.get("key" + reads)).isNotNull();
            assertThat(cache.flights()).isEmpty();
        }
    }

    @Test
    void otherTypesThroughRawTypes_failWithAClearMessage_andPoisonNothing() {
        var cache = CoalescingCache.<Long, Integer>builder("typed")
                .types(Long.class, Integer.class)
                .bulkLoader(keys -> {
                    throw new AssertionError("not asked");
                })
                .build();
        @SuppressWarnings({"unchecked", "rawtypes"})
        CoalescingCache<Object, Object> raw = (CoalescingCache) cache;

        assertThatThrownBy(() -> raw.get(42L, key -> "text"))
                .isInstanceOf(ClassCastException.class)
                .hasMessage("a value of cache 'typed' must be a java.lang.Integer, was a java.lang.String, "
                        + "for key '42' of group 'typed'");
        assertThatThrownBy(() -> raw.put(42L, "text")).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> raw.get("42", key -> 1))
                .isInstanceOf(ClassCastException.class)
                .hasMessageContaining("a key of cache 'typed' must be a java.lang.Long, was a java.lang.String");

        assertThat(cache.getIfPresent(42L)).isNull();
        assertThat(cache.get(42L, key -> 1)).isEqualTo(1);
    }

    // Callers

    @Test
    void anAsynchronousLoader_servesBlockingCallersToo_whoMayBeInterrupted() {
        var promise = new CompletableFuture<String>();
        var cache = CoalescingCache.<String, String>builder("async")
                .asyncLoader(key -> promise)
                .build();
        var leader = Callers.onThread(() -> cache.get("key"));
        Callers.awaitTrue(() -> !cache.flights().isEmpty());
        var follower = Callers.onThread(() -> cache.get("key"));
        Callers.awaitTrue(() -> cache.flights().get(0).callers() == 2);

        leader.giveUp();
        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(promise).isNotDone();
        promise.complete("value");

        assertThat(follower.get()).isEqualTo("value");
        assertThat(cache.getIfPresent("key")).isEqualTo("value");
    }

    @Test
    void anAsynchronousLoaderThatReturnsNull_isAnOrdinaryFailure() {
        var cache = CoalescingCache.<String, String>builder("async")
                .asyncLoader(key -> null)
                .build();

        assertThatThrownBy(() -> cache.get("key"))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the asynchronous loader returned null");
        assertThat(cache.flights()).isEmpty();
    }

    @RepeatedTest(50)
    void everyAsynchronousCallerHasItsOwnFuture() throws Exception {
        var gate = new Gate<String>();
        var cache =
                CoalescingCache.<String, String>builder("async").loader(gate).build();
        var cancelled = cache.getAsync("key");
        var timedOut = cache.getAsync("key").orTimeout(1, TimeUnit.MILLISECONDS);
        var completed = cache.getAsync("key");
        var patient = cache.getAsync("key");
        gate.awaitEntered();

        cancelled.cancel(true);
        completed.complete("mine");
        Callers.awaitTrue(timedOut::isDone);

        assertThatThrownBy(timedOut::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(cache.flights().get(0).callers()).isEqualTo(1);
        gate.open();
        assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("value");
        assertThat(completed.join()).isEqualTo("mine");
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void whenTheLastFutureIsCancelled_theLoadIs() {
        var promise = new CompletableFuture<String>();
        var cache = CoalescingCache.<String, String>builder("async")
                .asyncLoader(key -> promise)
                .build();
        var one = cache.getAsync("key");
        var two = cache.getAsync("key");

        one.cancel(true);
        assertThat(promise).isNotDone();
        two.cancel(true);

        assertThat(promise).isCancelled();
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void aLoadThatWaitsForItself_failsAtOnce_howeverItAsks() {
        var self = new AtomicReference<CoalescingCache<String, String>>();
        var cache = CoalescingCache.<String, String>builder("circle")
                .loader(key -> switch (key) {
                    case "get" -> self.get().get(key);
                    case "async" -> self.get().getAsync(key).join();
                    case "async get" -> self.get().getAsync(key).get();
                    case "async get for a time" -> self.get().getAsync(key).get(1, TimeUnit.HOURS);
                    case "all" -> self.get().getAll(List.of(key)).get(key);
                    case "all async" ->
                        self.get()
                                .getAllAsync(List.of(key), keys -> Map.of())
                                .join()
                                .get(key);
                    default -> self.get().getFresh(key);
                })
                .build();
        self.set(cache);

        for (var way : List.of("get", "async", "async get", "async get for a time", "all", "all async", "fresh")) {
            assertThatThrownBy(() -> cache.get(way)).as(way).isInstanceOf(LoadCycleException.class);
        }
    }

    @Test
    void getFresh_seesAWriteThatWasDoneBefore() {
        var value = new AtomicReference<>("old");
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("fresh").build();
        Loader<String, String> slow = key -> {
            var read = value.get();
            gate.load(key);
            return read;
        };
        var before = Callers.onThread(() -> cache.get("key", slow));
        gate.awaitEntered();

        value.set("new");
        var fresh = Callers.onThread(() -> cache.getFresh("key", key -> value.get()));
        var freshAsync = cache.getFreshAsync("key", key -> CompletableFuture.completedFuture(value.get()));
        gate.open();

        assertThat(before.get()).isEqualTo("old");
        assertThat(fresh.get()).isEqualTo("new");
        assertThat(freshAsync.join()).isEqualTo("new");
        assertThat(cache.getIfPresent("key")).isEqualTo("new");
    }

    @Test
    void getFresh_isNeverAnsweredFromTheStore() {
        var cache = cache().staleIfError(Duration.ofSeconds(100)).build();
        assertThat(cache.get("key")).isEqualTo(1);

        assertThat(cache.getFresh("key")).isEqualTo(2);
        assertThat(cache.getFreshAsync("key").join()).isEqualTo(3);
        source.fail(new IOException("down"));
        assertThatThrownBy(() -> cache.getFresh("key")).isInstanceOf(IOException.class);
        clock.passSeconds(11);
        assertThatThrownBy(() -> cache.getFresh("key")).isInstanceOf(IOException.class);
    }

    @Test
    void refresh_loadsAnew_whileOthersAreServed() {
        var gate = new Gate<String>("new");
        var cache =
                CoalescingCache.<String, String>builder("refresh").loader(gate).build();
        cache.put("key", "old");

        var future = cache.refresh("key");
        var second = cache.refresh("key");
        gate.awaitEntered();
        assertThat(cache.get("key")).isEqualTo("old");
        gate.open();

        assertThat(future.join()).isEqualTo("new");
        assertThat(second.join()).isEqualTo("new");
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(cache.get("key")).isEqualTo("new");
    }

    // Bounds

    @Test
    void C3_theSizeIsBounded_staleEntriesIncluded() {
        var cache = CoalescingCache.<Integer, Integer>builder("bounded")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofDays(1))
                .maximumSize(100)
                .loader(key -> key)
                .build();
        for (int key = 0; key < 1_000; key++) {
            cache.get(key);
        }
        clock.passSeconds(11);
        for (int key = 1_000; key < 2_000; key++) {
            cache.get(key);
        }

        Callers.awaitTrue(() -> stored(cache, 2_000) <= 100);
        Callers.awaitTrue(() -> cache.stats().evictions() >= 1_900);
    }

    private static long stored(CoalescingCache<Integer, ?> cache, int keys) {
        return IntStream.range(0, keys)
                .filter(key -> cache.entry(key).isPresent())
                .count();
    }

    @Test
    void C3_theWeightIsBounded() {
        var cache = CoalescingCache.<Integer, String>builder("weighed")
                .maximumWeight(1_000)
                .weigher((Integer key, String value) -> value.length())
                .loader("x"::repeat)
                .build();
        for (int key = 1; key <= 100; key++) {
            cache.get(key);
        }

        Callers.awaitTrue(
                () -> cache.asMap().values().stream().mapToInt(String::length).sum() <= 1_000);
    }

    @Test
    void C11_maxLoads_failsTheLoadBeyond_soThatAStaleValueIsServed() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("bounded")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .maxLoads(1)
                .build();
        cache.put("stale", "old");
        clock.passSeconds(11);
        var running = Callers.onThread(() -> cache.get("slow", gate));
        gate.awaitEntered();

        assertThat(cache.get("stale", key -> "new")).isEqualTo("old");
        assertThatThrownBy(() -> cache.get("cold", key -> "new"))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessageContaining("maxLoads")
                .hasMessageContaining("key 'cold' of group 'bounded'");

        gate.open();
        assertThat(running.get()).isEqualTo("value");
        assertThat(cache.get("cold", key -> "new")).isEqualTo("new");
    }

    @Test
    void aSlowLoad_delaysNoOtherKey_notEvenOneOfTheSameBin() {
        record Colliding(int id) {
            @Override
            public int hashCode() {
                return 42;
            }
        }
        var gate = new Gate<Colliding>();
        var cache = CoalescingCache.<Colliding, String>builder("bins")
                .maximumSize(100)
                .build();
        var slow = Callers.onThread(() -> cache.get(new Colliding(0), gate));
        gate.awaitEntered();

        for (int i = 1; i < 500; i++) {
            cache.put(new Colliding(i), "put");
            cache.get(new Colliding(-i), key -> "loaded");
            cache.getIfPresent(new Colliding(i));
            cache.invalidate(new Colliding(i));
        }

        assertThat(slow.outcome()).isNotDone();
        gate.open();
        assertThat(slow.get()).isEqualTo("value");
    }

    // Listeners and statistics

    @Test
    void listenersAreTold_andEveryCallIsCountedOnce() {
        var told = new ConcurrentLinkedQueue<String>();
        var cache = CoalescingCache.<String, Integer>builder("told")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleWhileRevalidate(Duration.ofSeconds(10))
                .negativeTtl(Duration.ofSeconds(100))
                .executor(Runnable::run)
                .loader(source)
                .listener(new CacheListener() {
                    @Override
                    public void onStale(String name, Object key, StaleReason reason) {
                        told.add("stale " + key + " " + reason);
                    }

                    @Override
                    public void onRefresh(String name, Object key, @Nullable Throwable failure) {
                        told.add("refreshed " + key + " " + failure);
                    }

                    @Override
                    public void onInvalidate(String name, Object key) {
                        told.add("invalidated " + key);
                    }

                    @Override
                    public void onInvalidateAll(String name) {
                        told.add("all invalidated");
                    }

                    @Override
                    public void onInvalidateTag(String name, String tag) {
                        told.add("invalidated tag " + tag);
                    }

                    @Override
                    public void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {
                        told.add("landed " + flight.key() + " " + outcome);
                    }
                })
                .build();

        cache.get("key"); // a miss
        cache.get("key"); // a hit
        cache.getAsync("key").join(); // a hit
        cache.getAll(List.of("key", "key")); // a hit
        clock.passSeconds(12);
        cache.get("key"); // stale
        cache.invalidate("key");
        cache.invalidateTag("tag");
        source.empty(true);
        cache.get("nothing"); // a miss
        cache.get("nothing"); // a negative hit
        cache.getIfPresent("nothing"); // a negative hit
        cache.getIfPresent("unknown"); // a miss
        cache.invalidateAll();

        assertThat(told)
                .containsExactly(
                        "landed key SUCCESS",
                        "refreshed key null",
                        "landed key SUCCESS",
                        "stale key REVALIDATING",
                        "invalidated key",
                        "invalidated tag tag",
                        "landed nothing SUCCESS",
                        "all invalidated");
        var stats = cache.stats();
        assertThat(stats.hits()).isEqualTo(3);
        assertThat(stats.staleHits()).isEqualTo(1);
        assertThat(stats.negativeHits()).isEqualTo(2);
        assertThat(stats.misses()).isEqualTo(3);
        assertThat(stats.joins()).isZero();
        assertThat(stats.loads()).isEqualTo(3);
        assertThat(stats.refreshes()).isEqualTo(1);
        assertThat(stats.requests()).isEqualTo(9);
        assertThat(stats.hitRatio()).isEqualTo(6 / 9.0);
    }

    @Test
    void joinsAreMissesThatCostNoLoad() {
        var gate = new Gate<String>();
        var cache =
                CoalescingCache.<String, String>builder("joins").loader(gate).build();
        var calls = IntStream.range(0, 10)
                .mapToObj(i -> Callers.onThread(() -> cache.get("key")))
                .toList();
        Callers.awaitTrue(
                () -> !cache.flights().isEmpty() && cache.flights().get(0).callers() == 10);

        gate.open();
        calls.forEach(Callers.Call::get);

        assertThat(cache.stats().misses()).isEqualTo(10);
        assertThat(cache.stats().joins()).isEqualTo(9);
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void loadTimesAreMeasuredByTheTicker() {
        var cache = CoalescingCache.<String, String>builder("times")
                .ticker(clock)
                .loader(key -> {
                    clock.passSeconds(3);
                    return key;
                })
                .build();

        cache.get("a");
        cache.get("b");

        assertThat(cache.stats().totalLoadTime()).isEqualTo(Duration.ofSeconds(6));
        assertThat(cache.stats().meanLoadTime()).isEqualTo(Duration.ofSeconds(3));
    }

    // Bad input, and the end

    @Test
    void badInput_isRefusedAtOnce() {
        var cache = CoalescingCache.<String, String>builder("strict").build();

        assertThatThrownBy(() -> cache.get(null, key -> "value"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key is null, for cache 'strict'");
        assertThatThrownBy(() -> cache.get("key", null)).hasMessageContaining("loader is null");
        assertThatThrownBy(() -> cache.getAsync("key", (AsyncLoader<String, String>) null))
                .hasMessageContaining("loader is null");
        assertThatThrownBy(() -> cache.put("key", (String) null)).hasMessageContaining("Loaded.absent()");
        assertThatThrownBy(() -> cache.get("key"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cache 'strict' has no loader");
        assertThatThrownBy(() -> Loaded.of("value").ttl(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void close_refusesNewcomers_releasesEverybody_andDropsTheValues() {
        var gate = new Gate<String>();
        var cache =
                CoalescingCache.<String, String>builder("closing").loader(gate).build();
        cache.put("stored", "value");
        var blocking = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();
        var async = cache.getAsync("key");

        cache.close();
        cache.close();

        assertThat(blocking.failure()).isInstanceOf(CancellationException.class);
        assertThatThrownBy(async::join).isInstanceOf(CancellationException.class);
        assertThat(cache.getIfPresent("stored")).isNull();
        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.put("key", "value"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(cache.toString()).contains("closing").doesNotContain("stored");
    }

    @Test
    void aLoadThatNobodyWantsAnyMore_isInterrupted_andCountsAsFailed() {
        var gate = new Gate<String>();
        var entered = new CountDownLatch(1);
        var cache = CoalescingCache.<String, String>builder("abandoned")
                .loader(key -> {
                    entered.countDown();
                    return gate.load(key);
                })
                .build();
        var future = cache.getAsync("key");
        gate.awaitEntered();

        future.cancel(true);

        Callers.awaitTrue(() -> cache.stats().loadFailures() == 1);
        assertThat(gate.interrupts()).isEqualTo(1);
        assertThat(cache.flights()).isEmpty();
    }
}
