package io.skein.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.BulkLoader;
import io.skein.Callers;
import io.skein.Group;
import io.skein.LoadCycleException;
import io.skein.LoadRejectedException;
import io.skein.ManualClock;
import io.skein.VirtualThreads;
import io.skein.cache.CoalescingCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** C8: single keys gathered into bulk calls. */
class BatchingTest {
    private static final Duration DELAY = Duration.ofMillis(10);

    private final ManualClock clock = new ManualClock();
    private final List<Set<String>> calls = new CopyOnWriteArrayList<>();

    private final BulkLoader<String, String> upperCase = keys -> {
        calls.add(keys);
        return keys.stream().collect(Collectors.toMap(key -> key, key -> key.toUpperCase()));
    };

    private <V> Batching<String, V> here(Batching<String, V> batching) {
        return batching.clock(clock, clock).executor(Runnable::run);
    }

    private Batching<String, String> batching(int maxSize) {
        return here(Batching.of(upperCase, maxSize, DELAY));
    }

    private static <V> CompletableFuture<V> ask(Batching<String, V> batching, String key) {
        return batching.load(key).toCompletableFuture();
    }

    // When the call is made

    @Test
    void C8_theCallIsMade_whenSoManyKeysHaveComeTogether() {
        var batching = batching(3);

        var a = ask(batching, "a");
        var b = ask(batching, "b");
        assertThat(calls).isEmpty();
        var c = ask(batching, "c");

        assertThat(calls).containsExactly(Set.of("a", "b", "c"));
        assertThat(List.of(a.join(), b.join(), c.join())).containsExactly("A", "B", "C");
    }

    @Test
    void C8_theCallIsMade_whenTheFirstKeyHasWaitedForTheDelay() {
        var batching = batching(3);

        var a = ask(batching, "a");
        clock.passMillis(6);
        ask(batching, "b");
        clock.passMillis(3);
        assertThat(calls).isEmpty();
        clock.passMillis(1);

        assertThat(calls).containsExactly(Set.of("a", "b"));
        assertThat(a.join()).isEqualTo("A");
    }

    @Test
    void C8_eachCallHasItsOwnDelay_alsoAfterOneThatWasFull() {
        var batching = batching(2);
        ask(batching, "a");
        clock.passMillis(7);
        ask(batching, "b");
        ask(batching, "c");

        clock.passMillis(9);
        assertThat(calls).containsExactly(Set.of("a", "b"));
        clock.passMillis(1);
        assertThat(calls).containsExactly(Set.of("a", "b"), Set.of("c"));
    }

    @Test
    void C8_thereIsOneTimerAtTheMost_andNoneWhenNothingIsGathered() {
        var batching = batching(2);
        IntStream.range(0, 1_001).forEach(i -> ask(batching, "key" + i));

        assertThat(clock.outstanding()).isEqualTo(1);
        clock.pass(DELAY.multipliedBy(3));
        assertThat(clock.outstanding()).isZero();
        assertThat(calls).hasSize(501);
    }

    @Test
    void C8_moreKeysThanFit_areCutIntoChunks_eachKeyInOne() {
        var batching = batching(100);

        var all = IntStream.range(0, 1_050)
                .mapToObj(i -> ask(batching, "key" + i))
                .toList();
        clock.pass(DELAY);

        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThat(calls).hasSize(11).allMatch(keys -> keys.size() <= 100);
        assertThat(calls.stream().mapToInt(Set::size).sum()).isEqualTo(1_050);
        assertThat(calls.stream().flatMap(Set::stream).distinct()).hasSize(1_050);
    }

    @Test
    void C8_theSameKeyTwice_isOneInTheCall_andTwoFutures() {
        var batching = batching(2);

        var first = ask(batching, "a");
        var second = ask(batching, "a");
        assertThat(calls).isEmpty();
        assertThat(first).isNotSameAs(second);
        first.cancel(true);
        clock.pass(DELAY);

        assertThat(calls).containsExactly(Set.of("a"));
        assertThat(second.join()).isEqualTo("A");
    }

    @Test
    void C8_refreshesAreGatheredToo() {
        var cache = CoalescingCache.<String, String>builder("products")
                .ticker(clock)
                .ttl(Duration.ofSeconds(10))
                .refreshAhead(0.5)
                .asyncLoader(batching(100))
                .build();
        var first = cache.getAllAsync(List.of("a", "b", "c"));
        clock.pass(DELAY);
        assertThat(first.join()).hasSize(3);
        clock.pass(Duration.ofSeconds(6));
        calls.clear();

        List.of("a", "b", "c").forEach(cache::get);
        clock.pass(DELAY);

        assertThat(calls).containsExactly(Set.of("a", "b", "c"));
        assertThat(cache.stats().refreshes()).isEqualTo(3);
    }

    // How it ends

    @Test
    void C8_aKeyThatIsLeftOut_isAbsent() {
        var batching = here(Batching.<String, String>of(keys -> Map.of("a", "A"), 2, DELAY));

        var a = ask(batching, "a");
        var b = ask(batching, "b");

        assertThat(a.join()).isEqualTo("A");
        assertThat(b.join()).isNull();
    }

    @Test
    void C8_aLoaderThatThrows_failsAllKeysOfItsCall_andNoOthers() {
        var failing = new AtomicBoolean(true);
        var down = new IOException("down");
        var batching = here(Batching.<String, String>of(
                keys -> {
                    if (failing.get()) {
                        throw down;
                    }
                    return Map.copyOf(upperCase.loadAll(keys));
                },
                2,
                DELAY));

        var a = ask(batching, "a");
        var b = ask(batching, "b");
        failing.set(false);
        var c = ask(batching, "c");
        clock.pass(DELAY);

        assertThatThrownBy(a::get).cause().isSameAs(down);
        assertThatThrownBy(b::get).cause().isSameAs(down);
        assertThat(c.join()).isEqualTo("C");
    }

    @Test
    void C8_theFailureOfOneKey_failsNoOther() {
        var down = new IOException("down");
        var batching = here(Batching.<String, String>ofOutcomes(
                keys -> {
                    var outcomes = new HashMap<String, Outcome<String>>();
                    outcomes.put("a", Outcome.of("A"));
                    outcomes.put("b", Outcome.failed(down));
                    outcomes.put("c", Outcome.absent());
                    return outcomes;
                },
                4,
                DELAY));

        var all = List.of("a", "b", "c", "d").stream()
                .map(key -> ask(batching, key))
                .toList();

        assertThat(all.get(0).join()).isEqualTo("A");
        assertThatThrownBy(all.get(1)::get).cause().isSameAs(down);
        assertThat(all.get(2).join()).isNull();
        assertThat(all.get(3).join()).isNull();
    }

    @Test
    void G5_anError_orNullInPlaceOfTheMap_isAnOrdinaryFailure() {
        var broken = new StackOverflowError("deep");
        var erroneous = here(Batching.<String, String>of(
                keys -> {
                    throw broken;
                },
                1,
                DELAY));
        var empty = here(Batching.<String, String>of(keys -> null, 1, DELAY));

        assertThatThrownBy(ask(erroneous, "a")::get).cause().isSameAs(broken);
        assertThatThrownBy(ask(empty, "a")::get).cause().hasMessage("the bulk loader returned null");
    }

    @Test
    void G5_anExecutorThatRefusesTheCall_failsItsKeys() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        var batching = Batching.of(upperCase, 2, DELAY).clock(clock, clock).executor(full);

        var a = ask(batching, "a");
        var b = ask(batching, "b");

        assertThatThrownBy(a::get).cause().hasMessage("full");
        assertThatThrownBy(b::get).cause().isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void G5_aSchedulerOrTickerThatThrows_keepsNobodyWaiting() {
        Scheduler broken = (executor, task, delay, unit) -> {
            throw new IllegalStateException("no timer");
        };
        var unscheduled = Batching.of(upperCase, 10, DELAY).clock(broken, clock).executor(Runnable::run);
        assertThat(ask(unscheduled, "a").join()).isEqualTo("A");

        var failing = new AtomicBoolean();
        Ticker ticker = () -> {
            if (failing.get()) {
                throw new IllegalStateException("no clock");
            }
            return clock.read();
        };
        var untimed = Batching.of(upperCase, 10, DELAY).clock(clock, ticker).executor(Runnable::run);
        var b = ask(untimed, "b");
        failing.set(true);
        clock.pass(DELAY);
        assertThat(b.join()).isEqualTo("B");
    }

    // Giving up

    @Test
    void G8_whoGivesUp_takesItsKeyOutOfACallThatHasNotBeenMade() {
        var tasks = new ArrayList<Runnable>();
        var batching = Batching.of(upperCase, 2, DELAY).clock(clock, clock).executor(tasks::add);
        ask(batching, "a").cancel(true);
        var b = ask(batching, "b");
        var c = ask(batching, "c"); // full
        assertThat(tasks).hasSize(1);
        c.cancel(true); // waits for a thread

        tasks.get(0).run();

        assertThat(calls).containsExactly(Set.of("b"));
        assertThat(b.join()).isEqualTo("B");
    }

    @Test
    void G8_aCallThatNobodyWants_isNotMade() {
        var batching = batching(5);
        ask(batching, "a").cancel(true);
        ask(batching, "b").cancel(true);

        clock.pass(DELAY.multipliedBy(2));

        assertThat(calls).isEmpty();
        assertThat(clock.outstanding()).isZero();
        var c = ask(batching, "c");
        clock.pass(DELAY);
        assertThat(c.join()).isEqualTo("C");
    }

    @RepeatedTest(50)
    void G8_theThreadOfACall_isInterruptedWhenAllHaveGivenUp_andNotBefore() throws Exception {
        var entered = new CountDownLatch(1);
        var interrupted = new CompletableFuture<Boolean>();
        var batching = Batching.<String, String>of(
                        keys -> {
                            entered.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.complete(true);
                                throw e;
                            }
                            return Map.of();
                        },
                        2,
                        DELAY)
                .clock(clock, clock);
        var a = ask(batching, "a");
        var b = ask(batching, "b");
        entered.await();

        a.cancel(true);
        assertThat(interrupted).isNotDone();
        b.orTimeout(1, TimeUnit.MILLISECONDS);

        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void G8_theLastCallerOfAGroup_cancelsTheKeyOnly() {
        var group = Group.<String, String>create("users");
        var batching = batching(10);
        var a = group.loadAsync("a", batching);
        var b = group.loadAsync("b", batching);

        a.cancel(true);
        clock.pass(DELAY);

        Callers.awaitTrue(() -> b.isDone());
        assertThat(calls).containsExactly(Set.of("b"));
        group.close();
    }

    // Bounds

    @Test
    void G13_moreKeysThanMaxPending_areRefusedAtOnce() {
        var tasks = new ArrayList<Runnable>();
        var batching = Batching.of(upperCase, 2, DELAY)
                .clock(clock, clock)
                .maxPending(3)
                .executor(tasks::add);
        var a = ask(batching, "a");
        ask(batching, "b");
        ask(batching, "c");

        assertThatThrownBy(() -> ask(batching, "d\n"))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessage("refused key 'd\\u000a', as many keys are to be loaded in bulk as maxPending allows: 3");
        var again = ask(batching, "c"); // needs no more room
        tasks.remove(0).run();

        assertThat(a).isDone();
        assertThat(again).isNotDone();
        ask(batching, "d"); // there is room again
        tasks.remove(0).run();
        assertThat(again.join()).isEqualTo("C");
    }

    @Test
    void G13_keysThatWereGivenUpOrFailed_takeNoRoom() {
        var batching = here(Batching.<String, String>of(
                        keys -> {
                            throw new IOException("down");
                        },
                        2,
                        DELAY))
                .maxPending(2);
        for (int i = 0; i < 100; i++) {
            ask(batching, "x" + i).cancel(true);
            ask(batching, "y" + i);
            ask(batching, "z" + i);
        }
        assertThat(ask(batching, "a")).isNotDone();
    }

    @Test
    void badSettings_failAtOnce() {
        assertThatThrownBy(() -> Batching.of(null, 1, DELAY)).hasMessage("loader");
        assertThatThrownBy(() -> Batching.of(upperCase, 0, DELAY)).hasMessage("maxSize must be positive, was 0");
        assertThatThrownBy(() -> Batching.of(upperCase, 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxDelay must be positive, was PT0S");
        assertThatThrownBy(() -> Batching.of(upperCase, 1, null)).hasMessage("maxDelay");
        assertThatThrownBy(() -> batching(100).maxPending(99))
                .hasMessage("maxPending must be at least maxSize, was 99 with maxSize 100");
        assertThatThrownBy(() -> batching(1).executor(null)).hasMessage("executor");
        assertThatThrownBy(() -> batching(1).load(null)).hasMessage("key");
    }

    // With a group and a cache

    @Test
    void C8_inABlockingGroup_keysOfManyThreadsAreGathered() {
        var group = Group.<String, String>create("users");
        var loader = batching(3).blocking();

        var calls = List.of("a", "b", "c").stream()
                .map(key -> Callers.onThread(() -> group.load(key, loader)))
                .toList();

        assertThat(calls.stream().map(call -> call.get())).containsExactly("A", "B", "C");
        assertThat(this.calls).containsExactly(Set.of("a", "b", "c"));
    }

    @RepeatedTest(20)
    void G7_anInterruptedLeader_leavesItsKeyToAFollower() {
        var group = Group.<String, String>create("users");
        var loader = batching(10).blocking();
        var leader = Callers.onThread(() -> group.load("a", loader));
        Callers.awaitCallers(group, "a", 1);
        Callers.awaitTrue(() -> clock.outstanding() == 1);
        var follower = Callers.onThread(() -> group.load("a", loader));
        Callers.awaitCallers(group, "a", 2);

        leader.giveUp();
        assertThat(leader.failure()).isInstanceOf(io.skein.CallerInterruptedException.class);
        Callers.awaitTrue(() -> {
            clock.pass(DELAY);
            return follower.outcome().isDone();
        });

        assertThat(follower.get()).isEqualTo("A");
    }

    @RepeatedTest(20)
    void G11_aBulkLoaderThatWaitsForAKeyOfItsOwnCall_isFound() {
        var group = Group.<String, String>create("users");
        var self = new AtomicReference<Batching<String, String>>();
        self.set(Batching.<String, String>of(
                keys -> Map.of("a", group.load("a", self.get().blocking())), 1, Duration.ofSeconds(1)));

        assertThatThrownBy(() -> group.load("a", self.get().blocking())).isInstanceOf(LoadCycleException.class);
        assertThatThrownBy(() -> group.loadAsync("a", self.get()).join()).hasCauseInstanceOf(LoadCycleException.class);
    }

    @Test
    void C8_whatDependsOnOneKey_mayWaitForAnotherOfTheSameCall() throws Exception {
        var group = Group.<String, String>create("users");
        var batching = Batching.of(upperCase, 2, DELAY).clock(clock, clock);
        var b = new AtomicReference<CompletableFuture<String>>();
        var both = group.loadAsync("a", batching).thenApply(value -> {
            Callers.awaitTrue(() -> b.get() != null);
            return value + b.get().join();
        });

        b.set(group.loadAsync("b", batching));

        assertThat(both.get(30, TimeUnit.SECONDS)).isEqualTo("AB");
        group.close();
    }

    @RepeatedTest(5)
    void C8_tenThousandKeysOneByOne_fromTwoHundredThreads() {
        int maxSize = 50;
        var delay = Duration.ofMillis(2);
        var keysAsked = new AtomicInteger();
        var callsMade = new AtomicInteger();
        var cache = CoalescingCache.<Integer, Integer>builder("numbers")
                .asyncLoader(Batching.<Integer, Integer>of(
                        keys -> {
                            callsMade.incrementAndGet();
                            keysAsked.addAndGet(keys.size());
                            return keys.stream().collect(Collectors.toMap(key -> key, key -> -key));
                        },
                        maxSize,
                        delay))
                .build();

        long start = System.nanoTime();
        var threads = IntStream.range(0, 200)
                .mapToObj(thread ->
                        Callers.onThread(VirtualThreads.AVAILABLE ? VirtualThreads.FACTORY : Callers::platform, () -> {
                            for (int i = 0; i < 50; i++) {
                                int key = thread * 50 + i;
                                assertThat(cache.get(key)).isEqualTo(-key);
                            }
                            return true;
                        }))
                .toList();
        assertThat(threads).allMatch(call -> call.get());
        long elapsed = System.nanoTime() - start;

        assertThat(keysAsked).hasValue(10_000);
        assertThat(callsMade.get()).isLessThanOrEqualTo((int) (10_000 / maxSize + elapsed / delay.toNanos() + 1));
    }
}
