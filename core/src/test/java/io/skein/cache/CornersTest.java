package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.CallerTimeoutException;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Gate;
import io.skein.LoadCycleException;
import io.skein.event.CacheListener;
import io.skein.event.FlightEvent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where threads, clocks and the code of others meet in the worst way. */
class CornersTest {
    private static final long SHORT = 4;

    private final Clockwork clock = new Clockwork();

    private static <T> T soon(Call<T> call) throws Exception {
        return call.outcome().get(SHORT, TimeUnit.SECONDS);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Callers.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> all(Set<String> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> key));
    }

    /** Such as a view that computes its values when they are looked at, or a map that another thread still fills. */
    private static final class FailsWhenWalked extends HashMap<String, String> {
        private static final long serialVersionUID = 1L;

        FailsWhenWalked(Map<String, String> values) {
            super(values);
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super String> action) {
            throw new IllegalStateException("a lazy row that cannot be parsed");
        }
    }

    @Test
    void C8_aMapThatFailsWhenWalked_leavesNobodyWaiting() {
        var cache = CoalescingCache.<String, String>builder("lazy")
                .bulkLoader(keys -> new FailsWhenWalked(all(keys)))
                .build();

        try {
            cache.getAll(List.of("a", "b"));
        } catch (IllegalStateException e) {
            // may be
        }

        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void C8_aNullKeyInTheAnswer_failsNoSingleGet() {
        var cache = CoalescingCache.<String, String>builder("null key")
                .bulkLoader(keys -> {
                    var values = new HashMap<>(all(keys));
                    values.put(null, "stray");
                    return values;
                })
                .build();

        assertThat(cache.getAll(List.of("a", "b"))).hasSize(2);
        assertThat(cache.get("c")).isEqualTo("c");
    }

    @Test
    void C8_aDependentThatWaitsForAnotherKeyOfTheSameCall_doesNotDeadlock() throws Exception {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("dependents")
                .bulkLoader(keys -> {
                    gate.load("any");
                    return all(keys);
                })
                .build();
        var getAll = Callers.onThread(() -> cache.getAll(List.of("a", "b")));
        gate.awaitEntered();
        var chained = cache.getAsync("a").thenApply(a -> a + cache.get("b"));

        gate.open();

        assertThat(chained.get(SHORT, TimeUnit.SECONDS)).isEqualTo("ab");
        assertThat(soon(getAll)).hasSize(2);
    }

    @Test
    void C8_getAllAsync_endsEvenIfTheCallingThreadIsInterrupted() throws Exception {
        var cache = CoalescingCache.<String, String>builder("interrupted")
                .asyncLoader(key -> {
                    throw new InterruptedException("the client library looks at the flag");
                })
                .build();
        CompletableFuture<Map<String, String>> future;
        Thread.currentThread().interrupt();
        try {
            future = cache.getAllAsync(List.of("a", "b"));
        } finally {
            Thread.interrupted();
        }

        assertThat(future)
                .failsWithin(SHORT, TimeUnit.SECONDS)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class);
    }

    @Test
    void C4_aGetAllThatIsRefused_doesNotKeepItsKeysFromBeingRefreshed() {
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("claims")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .loader(source)
                .build();
        cache.get("a");
        clock.passSeconds(6);
        assertThatThrownBy(() -> cache.getAll(Arrays.asList("a", null))).isInstanceOf(NullPointerException.class);

        cache.get("a");

        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(SHORT)).until(() -> source.loads() == 2);
    }

    @Test
    void C2_theFailureOfALoadThatTimedOut_isNotStoredAfterAnInvalidate() throws Exception {
        var gate = new Gate<String>();
        var inAction = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        // the steward has landed the flight, and is about to write its failure down
        Ticker ticker = () -> {
            boolean counting = StackWalker.getInstance()
                    .walk(frames ->
                            frames.map(StackWalker.StackFrame::getMethodName).collect(Collectors.toSet()))
                    .containsAll(Set.of("landTimedOut", "count"));
            if (counting) {
                inAction.countDown();
                await(goOn);
            }
            return clock.read();
        };
        var first = new AtomicBoolean(true);
        var cache = CoalescingCache.<String, String>builder("timed out")
                .ticker(ticker)
                .ttl(Duration.ofMinutes(10))
                .loadTimeout(Duration.ofSeconds(1))
                .errorTtl(e -> true, Duration.ofMinutes(5))
                .loader(key -> first.getAndSet(false) ? gate.load(key) : "new")
                .build();
        var old = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();
        clock.passSeconds(2);
        await(inAction);

        // somebody else finds the landed flight and starts a new one; or waits for the failure to be written down
        var other = Callers.onThread(() -> cache.get("key"));
        try {
            soon(other);
        } catch (java.util.concurrent.TimeoutException e) {
            goOn.countDown();
        }
        var invalidation = Callers.onThread(() -> {
            cache.invalidate("key");
            return null;
        });
        try {
            soon(invalidation);
        } catch (java.util.concurrent.TimeoutException e) {
            // waits for the failure to be written down
        }
        goOn.countDown();
        Callers.awaitTrue(old.outcome()::isDone); // with its timeout, or with what the other one has stored by then
        invalidation.get();

        // the other one may have taken off, and stored, after the invalidation
        assertThat(cache.entry("key").map(CacheEntry::state)).isNotEqualTo(Optional.of(EntryState.FAILED));
        assertThat(cache.get("key")).isEqualTo("new");
    }

    @Test
    void G14_forgetStuck_letsAStuckRefreshBeTriedAgain() {
        var gate = new Gate<String>("late");
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("stuck refresh")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .staleWhileRevalidate(Duration.ofSeconds(1_000))
                .stuckAfter(Duration.ofSeconds(2))
                .forgetStuck(true)
                .loader(key -> {
                    int load = loads.incrementAndGet();
                    return load == 2 ? gate.load(key) : "value" + load;
                })
                .build();
        cache.get("key");
        clock.passSeconds(6);
        cache.get("key");
        gate.awaitEntered();
        clock.passSeconds(3);
        Callers.awaitTrue(() -> cache.flights().isEmpty());
        clock.passSeconds(20);

        cache.get("key"); // stale; has it loaded anew

        try {
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(SHORT)).until(() -> loads.get() == 3);
        } finally {
            gate.open();
        }
    }

    @Test
    void C12_C13_computeEnds_thoughCopiesAreNotEqual() throws Exception {
        var cache = CoalescingCache.<String, byte[]>builder("copies")
                .copier(byte[]::clone)
                .build();
        cache.put("key", new byte[] {1});
        var rounds = new AtomicInteger();

        var merge = Callers.onThread(() -> cache.asMap().compute("key", (key, old) -> {
            if (rounds.incrementAndGet() > 10_000) {
                throw new AssertionError("runs for ever");
            }
            return new byte[] {(byte) (old[0] + 1)};
        }));

        assertThat(soon(merge)).containsExactly(2);
    }

    @Test
    void G9_callerTimeout_countsFromTheArrival_alsoOfACallerThatHasToAskAgain() {
        var gate = new Gate<String>();
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("patience")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(100))
                .softTimeout(Duration.ofSeconds(4))
                .callerTimeout(Duration.ofSeconds(5))
                .loader(key -> loads.incrementAndGet() == 1 ? "first" : gate.load(key))
                .build();
        cache.get("key");
        clock.passSeconds(12);
        var caller = Callers.onThread(() -> cache.get("key"));
        Callers.awaitTrue(
                () -> !cache.flights().isEmpty() && cache.flights().get(0).callers() == 2);
        cache.invalidate("key");
        clock.passSeconds(4);
        Callers.awaitTrue(() -> loads.get() == 3);

        clock.passSeconds(2); // six seconds since it came

        try {
            assertThatThrownBy(() -> soon(caller)).hasCauseInstanceOf(CallerTimeoutException.class);
        } finally {
            gate.open();
        }
    }

    /** Fails once, when it is told to, on the way of a load. */
    private final class Failing implements Ticker {
        private final AtomicReference<String> method = new AtomicReference<>();

        @Override
        public long read() {
            var wanted = method.get();
            if (wanted != null
                    && StackWalker.getInstance()
                            .walk(frames -> frames.limit(6)
                                    .anyMatch(frame ->
                                            (frame.getClassName() + "." + frame.getMethodName()).endsWith(wanted)))
                    && method.compareAndSet(wanted, null)) {
                throw new IllegalStateException("ticker");
            }
            return clock.read();
        }
    }

    @Test
    void C11_aTickerThatThrows_leaksNoPermit() {
        var ticker = new Failing();
        var cache = CoalescingCache.<String, String>builder("permits")
                .ticker(ticker)
                .maxLoads(1)
                .loader(key -> key)
                .build();
        ticker.method.set("Load.takeOff");
        assertThatThrownBy(() -> cache.get("a")).hasMessage("ticker");

        assertThat(cache.get("a")).isEqualTo("a");
    }

    @Test
    void C8_aTickerThatThrows_leavesNobodyWaiting() {
        var ticker = new Failing();
        var cache = CoalescingCache.<String, String>builder("bulk")
                .ticker(ticker)
                .bulkLoader(CornersTest::all)
                .build();
        ticker.method.set("BulkCall.run");
        try {
            cache.getAll(List.of("a", "b"));
        } catch (IllegalStateException e) {
            // as it should
        }

        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void oneLoadForManyWhoAskForARefresh_isCountedAndToldOnce() {
        var gate = new Gate<String>();
        var told = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("refreshes")
                .loader(gate)
                .listener(new CacheListener() {
                    @Override
                    public void onRefresh(String name, Object key, Throwable failure) {
                        told.incrementAndGet();
                    }
                })
                .build();
        cache.put("key", "old");
        var futures = IntStream.range(0, 5).mapToObj(i -> cache.refresh("key")).toList();
        gate.awaitEntered();
        gate.open();
        futures.forEach(CompletableFuture::join);

        Callers.awaitTrue(() -> told.get() > 0 && cache.flights().isEmpty());
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.stats().refreshes()).isEqualTo(1);
        assertThat(told).hasValue(1);
    }

    @Test
    void C8_aKeyThatTimesOutWhileOthersBoard_doesNotMakeTheOthersAbsent() {
        var asked = new ArrayList<Set<String>>();
        var cache = new AtomicReference<CoalescingCache<String, String>>();
        cache.set(CoalescingCache.<String, String>builder("boarding")
                .ticker(clock)
                .callerTimeout(Duration.ofSeconds(1))
                .negativeTtl(Duration.ofSeconds(100))
                .bulkLoader(keys -> {
                    asked.add(Set.copyOf(keys));
                    return all(keys);
                })
                .listener(new CacheListener() {
                    @Override
                    public void onTakeOff(FlightEvent flight) {
                        if (flight.key().equals("b")) { // a long pause of the garbage collector, for instance
                            clock.passSeconds(2);
                            Callers.awaitTrue(() -> cache.get().flights().stream()
                                    .noneMatch(other -> other.key().equals("a")));
                        }
                    }
                })
                .build());

        assertThatThrownBy(() -> cache.get().getAll(List.of("a", "b", "c"))).isInstanceOf(CallerTimeoutException.class);

        Callers.awaitTrue(() -> cache.get().flights().isEmpty());
        assertThat(cache.get().entry("c").map(CacheEntry::state))
                .as("the bulk loader was asked for %s", asked)
                .isNotEqualTo(java.util.Optional.of(EntryState.NEGATIVE));
    }

    @Test
    void G11_aBlockingLoadThatWaitsForGetAllAsyncOfItsOwnKey_failsAtOnce() {
        var cache = new AtomicReference<CoalescingCache<String, String>>();
        cache.set(CoalescingCache.<String, String>builder("circle")
                .loader(key -> cache.get().getAllAsync(List.of(key)).join().get(key))
                .build());

        var call = Callers.onThread(() -> cache.get().get("a"));

        assertThatThrownBy(() -> soon(call)).hasStackTraceContaining(LoadCycleException.class.getName());
    }

    @Test
    void G8_aCallerThatIsRefusedForACircle_isNotAboardAnyMore() {
        var cache = new AtomicReference<CoalescingCache<String, String>>();
        var never = new CompletableFuture<String>();
        cache.set(CoalescingCache.<String, String>builder("phantom")
                .asyncLoader(key -> {
                    assertThatThrownBy(() -> cache.get().get(key)).isInstanceOf(LoadCycleException.class);
                    return never;
                })
                .build());

        var future = cache.get().getAsync("a");

        assertThat(cache.get().flights().get(0).callers()).isEqualTo(1);
        future.cancel(true);
        assertThat(never).isCancelled();
    }

    @Test
    void C4_retryAfterErrorForEver_isNotWithoutAPause() {
        var source = new Versions();
        var failed = new AtomicInteger();
        var cache = CoalescingCache.<String, Integer>builder("never again")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .retryAfterError(ChronoUnit.FOREVER.getDuration())
                .loader(source)
                .listener(new CacheListener() {
                    @Override
                    public void onRefresh(String name, Object key, Throwable failure) {
                        failed.incrementAndGet();
                    }
                })
                .build();
        cache.get("key");
        source.fail(new IllegalStateException("down"));
        clock.passSeconds(6);
        for (int i = 1; i <= 3; i++) {
            cache.get("key");
            Callers.awaitTrue(() -> failed.get() >= 1 && cache.flights().isEmpty());
        }

        assertThat(source.loads()).isEqualTo(2);
    }

    @Test
    void C8_afterAHandOver_whatIsLeftIsLoadedInOneCall() throws Exception {
        var keys = IntStream.range(0, 50).mapToObj(i -> "key" + i).toList();
        var gate = new Gate<String>();
        var calls = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("hand-over")
                .bulkLoader(wanted -> {
                    if (calls.incrementAndGet() == 1) {
                        gate.load("any");
                    }
                    return all(wanted);
                })
                .build();
        var leader = Callers.onThread(() -> cache.getAll(keys));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> cache.getAll(keys));
        Callers.awaitTrue(() -> cache.flights().stream().allMatch(flight -> flight.callers() == 2));

        leader.giveUp();

        assertThat(follower.get()).hasSize(50);
        assertThat(calls).hasValue(2);
    }

    @Test
    void G8_aCancelledGetAllAsync_asksForNoFurtherKeys() {
        var gate = new Gate<String>();
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("cancelled")
                .loader(key -> {
                    loads.incrementAndGet();
                    if (key.equals("a")) {
                        try {
                            return gate.load(key);
                        } catch (InterruptedException e) { // as many a client library does it
                            throw new IllegalStateException("interrupted", e);
                        }
                    }
                    return key;
                })
                .build();
        var future = cache.getAllAsync(List.of("a", "b", "c"));
        gate.awaitEntered();

        future.cancel(true);

        Callers.awaitTrue(() -> gate.interrupts() == 1 && cache.flights().isEmpty());
        org.awaitility.Awaitility.await()
                .during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(2))
                .until(() -> loads.get() == 1);
    }

    @Test
    void C6_aFailure_doesNotTakeThePlaceOfAnExtraValueThatLandedMeanwhile() {
        var bulk = new Gate<String>();
        var single = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("extra")
                .errorTtl(e -> true, Duration.ofMinutes(1))
                .bulkLoader(keys -> {
                    bulk.load("any");
                    return Map.of("a", "a", "b", "b", "extra", "good");
                })
                .build();
        var getAll = Callers.onThread(() -> cache.getAll(List.of("a", "b")));
        bulk.awaitEntered();
        var failing = Callers.onThread(() -> cache.get("extra", key -> {
            single.load(key);
            throw new IllegalStateException("down");
        }));
        single.awaitEntered();
        bulk.open();
        getAll.get();
        assertThat(cache.getIfPresent("extra")).isEqualTo("good");
        single.open();
        failing.outcome().handle((value, failure) -> null).join();

        assertThat(cache.getIfPresent("extra")).isEqualTo("good");
    }

    @Test
    void C5_forget_doesNotForgetThatTheSourceFailed() {
        var source = new Versions();
        var cache = CoalescingCache.<String, Integer>builder("set back")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(1_000))
                .retryAfterError(Duration.ofSeconds(5))
                .loader(source)
                .build();
        cache.get("key");
        clock.passSeconds(12);
        source.fail(new IllegalStateException("down"));
        assertThat(cache.get("key")).isEqualTo(1);
        assertThat(cache.forget("key")).isFalse(); // there is nothing to forget

        assertThat(cache.get("key")).isEqualTo(1);

        assertThat(source.loads()).isEqualTo(2);
    }

    @Test
    void G15_aClosedCache_takesNothingThroughItsMap() {
        var cache = CoalescingCache.<String, String>builder("closed")
                .loader(key -> key)
                .build();
        cache.close();

        try {
            cache.asMap().put("key", "value");
        } catch (IllegalStateException e) {
            // as put does
        }

        assertThat(cache.getIfPresent("key")).isNull();
    }

    @Test
    void G7_theInterruptOfAGetAll_reachesNoOtherCallersLoader() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("neighbours")
                .bulkLoader(keys -> {
                    gate.load("any");
                    return all(keys);
                })
                .asyncLoader(key -> {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("not meant for this caller");
                    }
                    return CompletableFuture.completedFuture("alone");
                })
                .build();
        var leader = Callers.onThread(() -> cache.getAll(List.of("a", "b")));
        gate.awaitEntered();
        var follower = cache.getAsync("a");

        leader.giveUp();

        assertThat(follower).succeedsWithin(SHORT, TimeUnit.SECONDS).isEqualTo("alone");
    }

    @Test
    void G9_callerTimeout_isThatOfTheWholeGetAll() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("one after the other")
                .ticker(clock)
                .callerTimeout(Duration.ofSeconds(1))
                .loader(gate)
                .build();
        var call = Callers.onThread(() -> cache.getAll(List.of("a", "b", "c")));
        gate.awaitEntered();

        clock.passSeconds(2);

        try {
            assertThatThrownBy(() -> soon(call)).hasCauseInstanceOf(CallerTimeoutException.class);
        } finally {
            gate.open();
        }
    }

    @Test
    void aFutureThatSomebodyKeeps_doesNotKeepTheValueBefore_norTheErasSince() {
        var cache = CoalescingCache.<String, Object>builder("kept future")
                .loadTimeout(Duration.ofMinutes(1))
                .loader(key -> new Object())
                .build();
        var before = new java.lang.ref.WeakReference<>(new Object());
        cache.put("key", java.util.Objects.requireNonNullElse(before.get(), "gone"));
        var kept = cache.refresh("key");
        kept.join();
        Callers.awaitTrue(() -> cache.flights().isEmpty());

        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(SHORT)).until(() -> {
            System.gc();
            return before.get() == null;
        });
        assertThat(kept).isCompleted();
    }
}
