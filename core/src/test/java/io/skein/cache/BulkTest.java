package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.context.ContextRegistry;
import io.skein.BulkLoader;
import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C8: many keys in one call. */
class BulkTest {
    private final Queue source = new Queue();

    /** A bulk source that notes its calls; keys above 1,000 are absent. */
    private static final class Queue implements BulkLoader<Integer, String> {
        final ConcurrentLinkedQueue<Set<Integer>> calls = new ConcurrentLinkedQueue<>();
        final ConcurrentHashMap<Integer, AtomicInteger> loads = new ConcurrentHashMap<>();

        @Override
        public Map<Integer, String> loadAll(Set<Integer> keys) {
            calls.add(new TreeSet<>(keys));
            keys.forEach(
                    key -> loads.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet());
            return keys.stream().filter(key -> key <= 1_000).collect(Collectors.toMap(key -> key, key -> "v" + key));
        }
    }

    private CoalescingCacheBuilder<Integer, String> cache() {
        return CoalescingCache.<Integer, String>builder("bulk").bulkLoader(source);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void G10_aContextThatCannotBeRestored_failsTheCall() {
        var registry = ContextRegistry.getInstance();
        var here = Thread.currentThread();
        registry.registerThreadLocalAccessor(
                "bulk-test",
                () -> "here",
                value -> {
                    if (Thread.currentThread() != here) {
                        throw new IllegalStateException("no context");
                    }
                },
                () -> {});
        try {
            var cache = CoalescingCache.<String, String>builder("bulk")
                    .bulkLoader(keys -> Map.of("key", "value"))
                    .build();

            var all = cache.getAllAsync(List.of("key", "other"));

            assertThatThrownBy(() -> all.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("no context");
            assertThat(cache.flights()).isEmpty();
        } finally {
            registry.removeThreadLocalAccessor("bulk-test");
        }
    }

    @Test
    void C8_whatIsMissing_isLoadedInOneCall_andComesInTheOrderOfTheKeys() {
        var cache = cache().build();
        cache.put(3, "put");

        var values = cache.getAll(List.of(5, 3, 1, 5, 2_000, 4));

        assertThat(values)
                .containsExactly(Map.entry(5, "v5"), Map.entry(3, "put"), Map.entry(1, "v1"), Map.entry(4, "v4"));
        assertThat(source.calls).containsExactly(Set.of(1, 4, 5, 2_000));
        assertThat(cache.getAll(List.of(1, 3, 4, 5))).hasSize(4);
        assertThat(source.calls).hasSize(1);
        assertThatThrownBy(() -> values.put(1, "other")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void C8_noKeys_noCall() throws Exception {
        var cache = cache().build();

        assertThat(cache.getAll(List.of())).isEmpty();
        assertThat(get(cache.getAllAsync(List.of()))).isEmpty();

        assertThat(source.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void C8_tenThousandKeys(boolean onExecutor) throws Exception {
        var builder = cache();
        var cache = (onExecutor ? builder.loadTimeout(Duration.ofMinutes(1)) : builder).build();
        var keys = IntStream.range(-9_000, 1_000).boxed().toList();

        assertThat(cache.getAll(keys)).hasSize(10_000);
        cache.invalidateAll();
        assertThat(get(cache.getAllAsync(keys))).hasSize(10_000);

        assertThat(source.calls).hasSize(2);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C8_aSingleGet_usesTheBulkLoader_ifThereIsNoOther() throws Exception {
        var cache = cache().negativeTtl(Duration.ofMinutes(1)).build();

        assertThat(cache.get(1)).isEqualTo("v1");
        assertThat(get(cache.getAsync(2))).isEqualTo("v2");
        assertThat(cache.get(2_000)).isNull();
        assertThat(cache.getAll(List.of(1, 2, 2_000))).containsOnlyKeys(1, 2);

        assertThat(source.calls).containsExactly(Set.of(1), Set.of(2), Set.of(2_000));
    }

    @RepeatedTest(300)
    void C8_overlappingCalls_loadEachKeyOnce_andNeverWaitInACircle() {
        var cache = cache().build();
        var one = Callers.onThread(() -> cache.getAll(List.of(1, 2, 3, 4, 5)));
        var two = Callers.onThread(() -> cache.getAll(List.of(8, 7, 6, 5, 4)));
        var three = Callers.onThread(() -> cache.get(4));
        var four = cache.getAllAsync(List.of(5, 1));

        assertThat(one.get()).hasSize(5);
        assertThat(two.get()).hasSize(5);
        assertThat(three.get()).isEqualTo("v4");
        assertThat(four.join()).hasSize(2);
        assertThat(source.loads).hasSize(8);
        assertThat(source.loads.values()).allMatch(loads -> loads.get() == 1);
    }

    @RepeatedTest(100)
    void C8_manyCallsAtRandom_loadEachKeyOnce() {
        var cache = cache().build();
        var calls = IntStream.range(0, 6)
                .mapToObj(i -> Callers.onThread(() -> {
                    var keys = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
                    Collections.shuffle(keys, ThreadLocalRandom.current());
                    return cache.getAll(keys.subList(0, 30));
                }))
                .toList();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).hasSize(30));
        assertThat(source.loads.values()).allMatch(loads -> loads.get() == 1);
    }

    @Test
    void C8_aCallThatThrows_releasesEveryone_withItsFailure() {
        var gate = new Gate<String>();
        var failure = new IOException("down");
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> {
                    gate.load("any");
                    throw failure;
                })
                .build();
        var leader = Callers.onThread(() -> cache.getAll(List.of(1, 2, 3)));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> cache.get(2));
        var other = Callers.onThread(() -> cache.getAll(List.of(3)));
        Callers.awaitTrue(() -> callers(cache) == 5);

        gate.open();

        assertThat(leader.failure()).isSameAs(failure);
        assertThat(follower.failure()).isSameAs(failure);
        assertThat(other.failure()).isSameAs(failure);
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    private static int callers(CoalescingCache<?, ?> cache) {
        return cache.flights().stream().mapToInt(flight -> flight.callers()).sum();
    }

    @Test
    void C8_omittedKeys_releaseTheirWaiters_withNothing() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> Map.of(1, gate.load("any")))
                .build();
        var leader = Callers.onThread(() -> cache.getAll(List.of(1, 2)));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> cache.get(2));
        Callers.awaitTrue(() -> callers(cache) == 3);

        gate.open();

        assertThat(leader.get()).containsOnlyKeys(1);
        assertThat(follower.get()).isNull();
    }

    @Test
    void C8_aNullMap_isAFailure() {
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> null)
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the bulk loader of cache 'bulk' returned null");
        assertThatThrownBy(() -> cache.get(1)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void C8_extraKeys_areStored_butNothingNewerIsReplaced() {
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> Map.of(1, "one", 2, "two", 3, "three"))
                .build();
        cache.put(3, "put");

        assertThat(cache.getAll(List.of(1))).containsOnlyKeys(1);

        assertThat(cache.getIfPresent(2)).isEqualTo("two");
        assertThat(cache.getIfPresent(3)).as("put before the call took off").isEqualTo("three");
    }

    @Test
    void C8_partialResults_surviveAPartialFailure() {
        var cache = CoalescingCache.<Integer, String>builder("one by one")
                .loader(key -> {
                    if (key == 2) {
                        throw new IOException("no " + key);
                    }
                    return "v" + key;
                })
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1, 2, 3)))
                .isInstanceOf(IOException.class)
                .hasMessage("no 2");

        assertThat(cache.asMap()).containsOnlyKeys(1, 3);
    }

    @Test
    void C8_anAsynchronousLoader_isCalledForAllKeysAtOnce() throws Exception {
        var promises = new ConcurrentHashMap<Integer, CompletableFuture<String>>();
        var cache = CoalescingCache.<Integer, String>builder("async")
                .asyncLoader(key -> promises.computeIfAbsent(key, k -> new CompletableFuture<>()))
                .build();
        var blocking = Callers.onThread(() -> cache.getAll(List.of(1, 2, 3)));
        Callers.awaitTrue(() -> promises.size() == 3);
        var async = cache.getAllAsync(List.of(2, 3, 4));

        promises.forEach((key, promise) -> promise.complete(key == 3 ? null : "v" + key));

        assertThat(blocking.get()).containsExactly(Map.entry(1, "v1"), Map.entry(2, "v2"));
        assertThat(get(async)).containsExactly(Map.entry(2, "v2"), Map.entry(4, "v4"));
    }

    @Test
    void C8_withoutABulkLoader_getAllAsyncLoadsOneKeyAfterTheOther_elsewhere() throws Exception {
        var caller = Thread.currentThread();
        var running = new AtomicInteger();
        var mistakes = new AtomicInteger();
        var cache = CoalescingCache.<Integer, String>builder("one by one")
                .loader(key -> {
                    if (running.incrementAndGet() > 1 || Thread.currentThread() == caller) {
                        mistakes.incrementAndGet();
                    }
                    Thread.yield();
                    running.decrementAndGet();
                    return "v" + key;
                })
                .build();

        assertThat(get(cache.getAllAsync(IntStream.range(0, 200).boxed().toList())))
                .hasSize(200);

        assertThat(mistakes).hasValue(0);
    }

    @Test
    void C8_withALoaderOfTheCallsOwn() throws Exception {
        var cache = CoalescingCache.<Integer, String>builder("no loader").build();

        assertThat(cache.getAll(List.of(1, 2), source)).hasSize(2);
        assertThat(get(cache.getAllAsync(List.of(1, 2, 3), source))).hasSize(3);

        assertThat(source.calls).containsExactly(Set.of(1, 2), Set.of(3));
        assertThatThrownBy(() -> cache.getAll(List.of(4))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void C8_aNullKey_isRefusedBeforeAnythingIsLoaded() {
        var cache = cache().build();
        var keys = new ArrayList<Integer>(List.of(1, 2));
        keys.add(null);

        assertThatThrownBy(() -> cache.getAll(keys))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("bulk");

        assertThat(source.calls).isEmpty();
    }

    // Leaving

    @RepeatedTest(50)
    void C8_G7_anInterruptedLeader_leavesItsFollowersUnharmed() {
        var entered = new CountDownLatch(1);
        var runs = new AtomicInteger();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> {
                    if (runs.incrementAndGet() == 1) {
                        entered.countDown();
                        new CountDownLatch(1).await();
                    }
                    return source.loadAll(keys);
                })
                .build();
        var leader = Callers.onThread(() -> {
            try {
                return cache.getAll(List.of(1, 2)).size();
            } catch (CallerInterruptedException e) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                throw e;
            }
        });
        Callers.awaitTrue(() -> entered.getCount() == 0);
        var follower = Callers.onThread(() -> cache.get(2));
        var others = Callers.onThread(() -> cache.getAll(List.of(2, 3)));
        var async = cache.getAllAsync(List.of(1, 2));
        Callers.awaitTrue(() -> callers(cache) >= 6);

        leader.giveUp();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(follower.get()).isEqualTo("v2");
        assertThat(others.get()).containsOnlyKeys(2, 3);
        assertThat(async.join()).containsOnlyKeys(1, 2);
        Callers.awaitTrue(() -> cache.flights().isEmpty());
    }

    @RepeatedTest(50)
    void C8_G8_whenAllHaveLeft_theCallIsCancelled() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> Map.of(1, gate.load("any")))
                .build();
        var first = cache.getAllAsync(List.of(1, 2));
        gate.awaitEntered();
        var second = cache.getAsync(1);

        first.cancel(true);
        assertThat(gate.interrupts()).isZero();
        assertThat(cache.flights()).hasSize(1);
        second.cancel(true);

        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C8_G7_aFollowerThatTakesOverFromASingleCaller_loadsItsKey() {
        var gate = new Gate<Integer>();
        var cache = CoalescingCache.<Integer, String>builder("both")
                .loader(gate)
                .bulkLoader(source)
                .build();
        var single = Callers.onThread(() -> cache.get(1));
        gate.awaitEntered();
        var all = Callers.onThread(() -> cache.getAll(List.of(1, 2)));
        Callers.awaitTrue(() -> cache.flights().size() == 1 && callers(cache) == 2);

        single.giveUp();

        assertThat(single.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(all.get()).containsExactly(Map.entry(1, "v1"), Map.entry(2, "v2"));
    }

    @Test
    void C8_G9_aCallersTimeout_endsItsWait_andNotTheCall() {
        var clock = new Clockwork();
        var gate = new Gate<String>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .ticker(clock)
                .callerTimeout(Duration.ofSeconds(10))
                .bulkLoader(keys -> Map.of(1, gate.load("any")))
                .build();
        var early = Callers.onThread(() -> cache.getAll(List.of(1)));
        gate.awaitEntered();
        clock.passSeconds(6);
        var late = Callers.onThread(() -> cache.getAll(List.of(1)));
        Callers.awaitTrue(() -> callers(cache) == 2);

        clock.passSeconds(5);

        assertThat(early.failure()).isInstanceOf(CallerTimeoutException.class);
        gate.open();
        assertThat(late.get()).containsOnlyKeys(1);
    }

    @Test
    void C8_G11_aBulkLoaderThatAsksForItsOwnKeys_failsAtOnce() {
        var self = new AtomicReference<CoalescingCache<Integer, String>>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> Map.of(1, self.get().get(1)))
                .build();
        self.set(cache);

        assertThatThrownBy(() -> cache.getAll(List.of(1, 2))).isInstanceOf(LoadCycleException.class);
        assertThatThrownBy(() -> get(cache.getAllAsync(List.of(1, 2))))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LoadCycleException.class);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C8_anExecutorThatTakesNoMore_failsTheCall() {
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .bulkLoader(source)
                .build();

        assertThatThrownBy(() -> cache.getAll(List.of(1, 2))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> get(cache.getAllAsync(List.of(1, 2))))
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C8_maxFlights_failsWhatIsBeyond_andLoadsTheRest() {
        var cache = cache().maxFlights(2).build();

        assertThatThrownBy(() -> cache.getAll(List.of(1, 2, 3))).isInstanceOf(LoadRejectedException.class);

        assertThat(cache.asMap()).containsOnlyKeys(1, 2);
    }

    @Test
    void C8_close_releasesEveryone() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(keys -> Map.of(1, gate.load("any")))
                .build();
        var here = Callers.onThread(() -> cache.getAll(List.of(1, 2)));
        gate.awaitEntered();
        var elsewhere = cache.getAllAsync(List.of(2));

        cache.close();

        assertThat(here.failure()).isInstanceOf(CancellationException.class);
        assertThat(elsewhere).isCompletedExceptionally();
        assertThat(gate.interrupts()).isEqualTo(1);
        assertThatThrownBy(() -> cache.getAll(List.of(1))).isInstanceOf(IllegalStateException.class);
    }

    // Stale values

    @Test
    void C8_staleValuesStandIn_keyByKey() {
        var clock = new Clockwork();
        var down = new HashMap<Integer, Boolean>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .bulkLoader(keys -> {
                    if (!down.isEmpty()) {
                        throw new IOException("down");
                    }
                    return source.loadAll(keys);
                })
                .build();
        cache.getAll(List.of(1, 2));
        clock.passSeconds(11);
        down.put(1, true);

        assertThat(cache.getAll(List.of(1, 2))).containsOnlyKeys(1, 2);
        assertThatThrownBy(() -> cache.getAll(List.of(1, 2, 3))).isInstanceOf(IOException.class);

        assertThat(cache.stats().staleHits()).isEqualTo(4);
    }

    @Test
    void C8_keysDueForRefresh_areRefreshedInOneCall() {
        var clock = new Clockwork();
        var cache = cache().ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .build();
        cache.getAll(List.of(1, 2, 3));
        clock.passSeconds(6);

        assertThat(cache.getAll(List.of(1, 2, 3))).hasSize(3);

        Callers.awaitTrue(() -> cache.stats().refreshes() == 3);
        assertThat(source.calls).containsExactly(Set.of(1, 2, 3), Set.of(1, 2, 3));
        assertThat(cache.entry(1).orElseThrow().age()).isZero();
    }

    @RepeatedTest(100)
    void C8_softTimeout_servesWhatIsStale_andTheCallLands() {
        var clock = new Clockwork();
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .softTimeout(Duration.ofSeconds(2))
                .bulkLoader(keys -> {
                    source.loadAll(keys);
                    var value = gate.load("any");
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> value));
                })
                .build();
        cache.put(1, "old");
        cache.put(2, "old");
        clock.passSeconds(11);
        var call = Callers.onThread(() -> cache.getAll(List.of(1, 2)));
        var async = cache.getAllAsync(List.of(1, 2));
        gate.awaitEntered();
        Callers.awaitTrue(() -> callers(cache) == 6);

        clock.passSeconds(3);

        assertThat(call.get()).containsEntry(1, "old").containsEntry(2, "old");
        assertThat(async.join()).containsEntry(1, "old").containsEntry(2, "old");
        gate.open();
        Callers.awaitTrue(() -> "new".equals(cache.getIfPresent(1)) && "new".equals(cache.getIfPresent(2)));
        assertThat(source.loads.values()).allMatch(loads -> loads.get() == 1);
    }
}
