package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers;
import io.skein.Gate;
import io.skein.event.CacheListener;
import io.skein.event.StaleReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** C3 to C6: how long values are served, and what is served when they cannot be loaded. */
class FreshnessTest {
    private final Clockwork clock = new Clockwork();
    private final Versions source = new Versions();

    private CoalescingCacheBuilder<String, Integer> cache() {
        return CoalescingCache.<String, Integer>builder("fresh")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .loader(source);
    }

    // C3

    @Test
    void C3_aValueIsServedForItsTtl_andLoadedAnewThen() {
        var cache = cache().build();

        assertThat(cache.get("key")).isEqualTo(1);
        clock.passSeconds(9);
        assertThat(cache.get("key")).isEqualTo(1);
        clock.passSeconds(1);
        assertThat(cache.getIfPresent("key")).isNull();
        assertThat(cache.get("key")).isEqualTo(2);

        assertThat(source.loads()).isEqualTo(2);
    }

    @Test
    void C3_jitterShortensTheTtl_byNoMoreThanItsShare() {
        var cache = cache().ttlJitter(0.5).build();

        var left = IntStream.range(0, 200)
                .mapToObj(i -> {
                    cache.get("key" + i);
                    return cache.entry("key" + i).orElseThrow().timeLeft();
                })
                .toList();

        assertThat(left).allMatch(time -> time.compareTo(Duration.ofSeconds(5)) >= 0);
        assertThat(left).allMatch(time -> time.compareTo(Duration.ofSeconds(10)) <= 0);
        assertThat(left).anyMatch(time -> time.compareTo(Duration.ofSeconds(7)) < 0);
        assertThat(left).anyMatch(time -> time.compareTo(Duration.ofSeconds(8)) > 0);
    }

    @Test
    void C3_theLoaderSetsTheTtlOfItsValue() {
        var cache = CoalescingCache.<String, Integer>builder("own ttl")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .contextLoader((key, context) -> Loaded.of(source.load(key))
                        .ttl(Duration.ofSeconds(2))
                        .tags("a", "b")
                        .etag("v1"))
                .build();

        cache.get("key");

        var entry = cache.entry("key").orElseThrow();
        assertThat(entry.timeLeft()).isEqualTo(Duration.ofSeconds(2));
        assertThat(entry.tags()).containsExactlyInAnyOrder("a", "b");
        assertThat(entry.etag()).contains("v1");
        assertThat(entry.state()).isEqualTo(EntryState.FRESH);
        clock.passSeconds(2);
        assertThat(cache.get("key")).isEqualTo(2);
    }

    @Test
    void C3_withoutATtl_valuesStay() {
        var cache = CoalescingCache.<String, Integer>builder("for ever")
                .ticker(clock)
                .loader(source)
                .build();

        cache.get("key");
        clock.pass(Duration.ofDays(10_000));

        assertThat(cache.get("key")).isEqualTo(1);
    }

    @Test
    void C3_noStore_isSharedByItsCallers_andNotStored() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("no store")
                .contextLoader((key, context) -> Loaded.of(gate.load(key)).noStore())
                .build();
        var calls = new ArrayList<Callers.Call<String>>();
        for (int i = 0; i < 100; i++) {
            calls.add(Callers.onThread(() -> cache.get("key")));
        }
        Callers.awaitTrue(
                () -> !cache.flights().isEmpty() && cache.flights().get(0).callers() == 100);

        gate.open();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(cache.entry("key")).isEmpty();
        assertThat(cache.get("key")).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(2);
    }

    @Test
    void C3_noStore_takesTheOlderValueAway() {
        var cache = CoalescingCache.<String, Integer>builder("no store")
                .contextLoader((key, context) -> Loaded.of(source.load(key)).noStore())
                .build();
        cache.put("key", 100);

        assertThat(cache.refresh("key").join()).isEqualTo(1);

        assertThat(cache.getIfPresent("key")).isNull();
    }

    // C4

    @Test
    void C4_aReadPastTheFactor_returnsTheValue_andLoadsInTheBackground() {
        var cache = cache().refreshAhead(0.8).build();
        cache.get("key");
        clock.passSeconds(7);
        assertThat(cache.get("key")).isEqualTo(1);
        assertThat(source.loads()).isEqualTo(1);

        clock.passSeconds(1);
        assertThat(cache.get("key")).isEqualTo(1);

        Callers.awaitTrue(() -> cache.stats().refreshes() == 1);
        assertThat(cache.get("key")).isEqualTo(2);
        assertThat(source.loads()).isEqualTo(2);
    }

    @RepeatedTest(50)
    void C4_manyReaders_causeOneBackgroundLoad() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("ahead")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .loader(gate)
                .build();
        cache.put("key", "old");
        clock.passSeconds(6);

        var calls = IntStream.range(0, 8)
                .mapToObj(i -> Callers.onThread(() -> {
                    for (int n = 0; n < 100; n++) {
                        assertThat(cache.get("key")).isEqualTo("old");
                    }
                    return "done";
                }))
                .toList();

        calls.forEach(Callers.Call::get);
        gate.awaitEntered();
        gate.open();
        Callers.awaitTrue(() -> "new".equals(cache.get("key")));
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void C4_expiryWhileItRuns_theMissJoinsIt() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("ahead")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .loader(gate)
                .build();
        cache.put("key", "old");
        clock.passSeconds(6);
        assertThat(cache.get("key")).isEqualTo("old");
        gate.awaitEntered();

        clock.passSeconds(6);
        var miss = Callers.onThread(() -> cache.get("key"));
        Callers.awaitTrue(() -> cache.flights().get(0).callers() == 2);
        gate.open();

        assertThat(miss.get()).isEqualTo("new");
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void C4_aFailingRefresh_backsOffWithDoublingPauses_andNeverFailsACaller() {
        var cache = CoalescingCache.<String, Integer>builder("ahead")
                .ticker(clock)
                .ttl(Duration.ofSeconds(1_000))
                .refreshAhead(0.01)
                .retryAfterError(Duration.ofSeconds(1))
                .executor(Runnable::run)
                .loader(source)
                .build();
        cache.get("key");
        source.fail(new IOException("down"));
        clock.passSeconds(10);
        var loadsAt = new ArrayList<Integer>();

        for (int second = 0; second < 20; second++) {
            int before = source.loads();
            assertThat(cache.get("key")).isEqualTo(1);
            assertThat(cache.get("key")).isEqualTo(1);
            if (source.loads() > before) {
                assertThat(source.loads()).isEqualTo(before + 1);
                loadsAt.add(second);
            }
            clock.passSeconds(1);
        }

        assertThat(loadsAt).containsExactly(0, 1, 3, 7, 15);
        source.recover();
        clock.passSeconds(20);
        cache.get("key");
        assertThat(cache.get("key")).isGreaterThan(1);
    }

    @Test
    void C4_earlyRefresh_becomesLikelierTowardsTheEnd() {
        var slow = new AtomicInteger();
        var cache = CoalescingCache.<String, Integer>builder("early")
                .ticker(clock)
                .ttl(Duration.ofSeconds(100))
                .earlyRefresh(1)
                .executor(Runnable::run)
                .loader(key -> {
                    clock.passSeconds(5); // what a load takes
                    return slow.incrementAndGet();
                })
                .build();

        int early = refreshesOf(cache, slow, 10);
        int late = refreshesOf(cache, slow, 95);

        assertThat(early).isLessThan(20); // e^(-90/5) of 1,000
        assertThat(late).isBetween(250, 500); // e^(-5/5), some 368
    }

    private int refreshesOf(CoalescingCache<String, Integer> cache, AtomicInteger loads, int age) {
        int refreshes = 0;
        for (int i = 0; i < 1_000; i++) {
            String key = age + "/" + i;
            cache.get(key);
            clock.passSeconds(age);
            int before = loads.get();
            cache.get(key);
            refreshes += loads.get() - before;
        }
        return refreshes;
    }

    // C5

    @Test
    void C5_staleWhileRevalidate_servesStaleAtOnce_andLoadsInTheBackground() {
        var cache = cache().staleWhileRevalidate(Duration.ofSeconds(5)).build();
        cache.get("key");

        clock.passSeconds(12);
        assertThat(cache.get("key")).isEqualTo(1);

        Callers.awaitTrue(() -> cache.stats().refreshes() == 1);
        assertThat(cache.get("key")).isEqualTo(2);
        clock.passSeconds(15);
        assertThat(cache.get("key")).as("too old to be served").isEqualTo(3);
    }

    @Test
    void C5_staleIfError_servesStaleWhenTheLoadFails_andNotLonger() {
        var reasons = new ConcurrentLinkedQueue<StaleReason>();
        var cache = cache().staleIfError(Duration.ofSeconds(60))
                .listener(new CacheListener() {
                    @Override
                    public void onStale(String name, Object key, StaleReason reason) {
                        reasons.add(reason);
                    }
                })
                .build();
        cache.get("key");
        source.fail(new IOException("down"));

        clock.passSeconds(30);
        assertThat(cache.get("key")).isEqualTo(1);
        assertThat(cache.get("key")).isEqualTo(1);
        assertThat(reasons).containsExactly(StaleReason.LOAD_FAILED, StaleReason.SET_BACK);
        assertThat(cache.stats().staleHits()).isEqualTo(2);

        clock.passSeconds(40);
        assertThatThrownBy(() -> cache.get("key"))
                .isInstanceOf(IOException.class)
                .hasMessage("down");
    }

    @RepeatedTest(30)
    void C5_aFailedLoad_isNotRepeatedBeforeItsTime_howeverManyAsk() {
        var cache = cache().staleIfError(Duration.ofSeconds(1_000))
                .retryAfterError(Duration.ofSeconds(3))
                .build();
        cache.get("key");
        source.fail(new IOException("down"));
        clock.passSeconds(11);

        for (int round = 0; round < 4; round++) {
            int before = source.loads();
            var calls = IntStream.range(0, 8)
                    .mapToObj(i -> Callers.onThread(() -> {
                        for (int n = 0; n < 50; n++) {
                            assertThat(cache.get("key")).isEqualTo(1);
                        }
                        return "done";
                    }))
                    .toList();
            calls.forEach(Callers.Call::get);
            assertThat(source.loads()).isEqualTo(before + 1);
            clock.passSeconds(3);
        }
    }

    @RepeatedTest(20)
    void C5_aLoadThatTimedOut_isNotRepeatedBeforeItsTime_either() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("timeouts")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(1_000))
                .retryAfterError(Duration.ofSeconds(100))
                .loadTimeout(Duration.ofSeconds(5))
                .loader(gate)
                .build();
        cache.put("key", "old");
        clock.passSeconds(11);
        var calls = IntStream.range(0, 4)
                .mapToObj(i -> Callers.onThread(() -> {
                    for (int n = 0; n < 50; n++) {
                        assertThat(cache.get("key")).isEqualTo("old");
                    }
                    return "done";
                }))
                .toList();
        gate.awaitEntered();
        Callers.awaitTrue(() -> cache.flights().get(0).callers() == 4);

        clock.passSeconds(6);

        calls.forEach(Callers.Call::get);
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void C5_softTimeout_allCallersReturnByIt_atTheCostOfOneLoad_whichLands() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("soft")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(1_000))
                .softTimeout(Duration.ofSeconds(2))
                .callerTimeout(Duration.ofSeconds(20))
                .loader(gate)
                .build();
        cache.put("key", "old");
        clock.passSeconds(11);
        var calls = new ArrayList<Callers.Call<String>>();
        for (int i = 0; i < 20; i++) {
            calls.add(Callers.onThread(() -> cache.get("key")));
        }
        var futures =
                IntStream.range(0, 20).mapToObj(i -> cache.getAsync("key")).toList();
        gate.awaitEntered();
        Callers.awaitTrue(() -> cache.flights().get(0).callers() == 41);

        clock.passSeconds(3);

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("old"));
        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo("old"));
        assertThat(gate.runs()).isEqualTo(1);
        clock.passSeconds(100);
        assertThat(gate.interrupts()).as("the load goes on").isZero();
        gate.open();
        Callers.awaitTrue(() -> "new".equals(cache.getIfPresent("key")));
    }

    @Test
    void C5_aColdCaller_waitsToItsCallerTimeout() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("soft")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(1_000))
                .softTimeout(Duration.ofSeconds(2))
                .callerTimeout(Duration.ofSeconds(20))
                .loader(gate)
                .build();
        var call = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        clock.passSeconds(19);
        Callers.awaitParked(call.thread());
        assertThat(call.outcome()).isNotDone();
        clock.passSeconds(2);

        assertThat(call.failure()).isInstanceOf(io.skein.CallerTimeoutException.class);
    }

    @Test
    void C5_expire_keepsTheValueForErrors_invalidateDoesNot() {
        var cache = cache().staleIfError(Duration.ofSeconds(60)).build();
        cache.get("expired");
        cache.get("invalidated");
        source.fail(new IOException("down"));

        cache.expire("expired");
        cache.invalidate("invalidated");

        assertThat(cache.getIfPresent("expired")).isNull();
        assertThat(cache.entry("expired").orElseThrow().state()).isEqualTo(EntryState.STALE);
        assertThat(cache.get("expired")).isEqualTo(1);
        assertThatThrownBy(() -> cache.get("invalidated")).isInstanceOf(IOException.class);
        clock.passSeconds(61);
        assertThatThrownBy(() -> cache.get("expired")).isInstanceOf(IOException.class);
    }

    @Test
    void C5_expire_withoutStaleValues_removes() {
        var cache = cache().build();
        cache.get("key");

        cache.expire("key");

        assertThat(cache.entry("key")).isEmpty();
    }

    @Test
    void C5_staleIfError_neverServesWhatWasInvalidatedDuringTheLoad() {
        var gate = new Gate<String>("new");
        var cache = CoalescingCache.<String, String>builder("soft")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(1_000))
                .loader(key -> {
                    gate.load(key);
                    throw new IOException("down");
                })
                .build();
        cache.put("key", "old");
        clock.passSeconds(11);
        var call = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        cache.invalidate("key");
        gate.open();

        assertThat(call.failure()).isInstanceOf(IOException.class);
    }

    // C6

    @Test
    void C6_null_isNotRememberedByDefault() {
        var cache = cache().build();
        source.empty(true);

        assertThat(cache.get("key")).isNull();
        assertThat(cache.get("key")).isNull();

        assertThat(source.loads()).isEqualTo(2);
    }

    @Test
    void C6_negativeTtl_remembersThatThereIsNothing() {
        var cache = cache().negativeTtl(Duration.ofSeconds(3))
                .staleIfError(Duration.ofSeconds(60))
                .build();
        source.empty(true);

        assertThat(cache.get("key")).isNull();
        assertThat(cache.get("key")).isNull();
        assertThat(cache.entry("key").orElseThrow().state()).isEqualTo(EntryState.NEGATIVE);
        assertThat(cache.stats().negativeHits()).isEqualTo(1);
        assertThat(source.loads()).isEqualTo(1);

        clock.passSeconds(3);
        source.empty(false);
        assertThat(cache.get("key")).isEqualTo(2);
    }

    @Test
    void C6_nothing_takesTheOlderValueAway() {
        var cache = cache().staleIfError(Duration.ofSeconds(60)).build();
        cache.get("key");
        source.empty(true);
        clock.passSeconds(11);

        assertThat(cache.get("key")).isNull();

        source.fail(new IOException("down"));
        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IOException.class);
    }

    @Test
    void C6_errorTtl_remembersTheFailuresItIsToldTo() {
        var cache = cache().errorTtl(e -> e instanceof IOException, Duration.ofSeconds(3))
                .build();
        source.fail(new IOException("down"));

        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IOException.class);
        assertThat(cache.getAsync("key")).isCompletedExceptionally();
        assertThat(source.loads()).isEqualTo(1);
        assertThat(cache.entry("key").orElseThrow().state()).isEqualTo(EntryState.FAILED);

        clock.passSeconds(3);
        source.fail(new IllegalStateException("other"));
        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.get("key")).isInstanceOf(IllegalStateException.class);
        assertThat(source.loads()).isEqualTo(3);
    }

    @Test
    void C6_errorTtl_remembersALoadTimeout() {
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("timeouts")
                .ticker(clock)
                .loadTimeout(Duration.ofSeconds(5))
                .errorTtl(e -> true, Duration.ofSeconds(60))
                .loader(gate)
                .build();
        var call = Callers.onThread(() -> cache.get("key"));
        gate.awaitEntered();

        clock.passSeconds(6);

        assertThat(call.failure()).isInstanceOf(io.skein.LoadTimeoutException.class);
        assertThatThrownBy(() -> cache.get("key")).isSameAs(call.failure());
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void C6_aFailure_doesNotTakeThePlaceOfAStaleValue() {
        var cache = cache().staleIfError(Duration.ofSeconds(60))
                .errorTtl(e -> true, Duration.ofSeconds(30))
                .build();
        cache.get("key");
        source.fail(new IOException("down"));
        clock.passSeconds(11);

        assertThat(cache.get("key")).isEqualTo(1);

        assertThat(List.of(cache.entry("key").orElseThrow().state())).containsExactly(EntryState.STALE);
    }

    @Test
    void C4_aRefreshThatMaxLoadsRefuses_isToldAsFailed() throws Exception {
        var told = new ConcurrentLinkedQueue<String>();
        var gate = new Gate<String>();
        var cache = CoalescingCache.<String, String>builder("refused")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .maxLoads(1)
                .executor(Runnable::run)
                .loader(key -> key.equals("slow") ? gate.load(key) : "value")
                .listener(new CacheListener() {
                    @Override
                    public void onRefresh(String cache, Object key, Throwable failure) {
                        told.add(key + " " + failure.getClass().getSimpleName());
                    }
                })
                .build();
        cache.get("a");
        cache.get("b");
        var slow = Callers.onThread(() -> cache.get("slow"));
        gate.awaitEntered();
        clock.passSeconds(6);

        cache.get("a"); // refreshed ahead
        cache.refresh("b").exceptionally(e -> null).join();

        assertThat(told).containsExactly("a LoadRejectedException", "b LoadRejectedException");
        gate.open();
        slow.get();
    }
}
