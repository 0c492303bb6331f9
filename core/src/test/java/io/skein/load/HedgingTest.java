package io.skein.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.AsyncLoader;
import io.skein.Callers;
import io.skein.Gate;
import io.skein.Group;
import io.skein.LoadCycleException;
import io.skein.Loader;
import io.skein.ManualClock;
import io.skein.cache.CoalescingCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C11: the next replica is asked when one is late. */
class HedgingTest {
    private static final Duration DELAY = Duration.ofMillis(10);

    private final ManualClock clock = new ManualClock();

    /** A replica that answers when the test lets it. */
    private static final class Source implements AsyncLoader<String, String> {
        final List<CompletableFuture<String>> asked = new ArrayList<>();

        @Override
        public CompletableFuture<String> load(String key) {
            var answer = new CompletableFuture<String>();
            asked.add(answer);
            return answer;
        }

        CompletableFuture<String> only() {
            assertThat(asked).hasSize(1);
            return asked.get(0);
        }
    }

    private final Source first = new Source();
    private final Source second = new Source();
    private final Source third = new Source();

    @SafeVarargs
    @SuppressWarnings("varargs")
    private Hedging<String, String> hedged(AsyncLoader<String, String>... replicas) {
        return Hedging.<String, String>ofAsync(List.of(replicas))
                .clock(clock, clock)
                .executor(Runnable::run)
                .after(DELAY);
    }

    private static CompletableFuture<String> load(Hedging<String, String> hedging) {
        try {
            @SuppressWarnings("unchecked") // of a result that is only read and cancelled
            var result = (CompletableFuture<String>) hedging.async().load("key").toCompletableFuture();
            return result;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // Who is asked when

    @Test
    void C11_theNextReplicaIsAsked_whenOneIsLate_andNotBefore() {
        var result = load(hedged(first, second, third));
        clock.passMillis(9);
        assertThat(second.asked).isEmpty();
        clock.passMillis(1);
        assertThat(second.asked).hasSize(1);
        assertThat(third.asked).isEmpty();
        clock.passMillis(10);
        assertThat(third.asked).hasSize(1);
        clock.passMillis(100);

        third.only().complete("third");

        assertThat(result.join()).isEqualTo("third");
        assertThat(first.only()).isCancelled();
        assertThat(second.only()).isCancelled();
    }

    @Test
    void C11_aReplicaInTime_isTheOnlyOneAsked_andLeavesNoTimer() {
        var hedging = hedged(first, second);
        var result = load(hedging);
        assertThat(clock.outstanding()).isEqualTo(1);

        first.only().complete("first");

        assertThat(result.join()).isEqualTo("first");
        assertThat(clock.outstanding()).isZero();
        clock.passMillis(100);
        assertThat(second.asked).isEmpty();
        assertThat(hedging.stats().hedges()).isZero();
    }

    @Test
    void C11_theFirstSuccessWins_alsoOfTheReplicaThatWasLate() {
        var hedging = hedged(first, second);
        var result = load(hedging);
        clock.pass(DELAY);

        first.only().complete("first");

        assertThat(result.join()).isEqualTo("first");
        assertThat(second.only()).isCancelled();
        assertThat(hedging.stats().hedges()).isEqualTo(1);
        assertThat(hedging.stats().hedgesWon()).isZero();
    }

    // Failures

    @Test
    void C11_afterAFailure_theNextIsAskedAtOnce() {
        var result = load(hedged(first, second, third));

        first.only().completeExceptionally(new IOException("down"));
        assertThat(second.asked).hasSize(1);
        clock.passMillis(9);
        assertThat(third.asked).isEmpty();
        clock.passMillis(1); // the second is late in its turn
        assertThat(third.asked).hasSize(1);
        second.only().complete("second");

        assertThat(result.join()).isEqualTo("second");
    }

    @Test
    void C11_ifAllFail_itIsTheFirstFailure_withTheOthersSuppressed() {
        var result = load(hedged(first, second, third));
        var one = new IOException("one");
        var two = new IOException("two");
        var three = new IOException("three");
        clock.passMillis(10);

        second.only().completeExceptionally(two);
        third.only().completeExceptionally(three);
        assertThat(result).isNotDone();
        first.only().completeExceptionally(one);

        assertThatThrownBy(result::get)
                .cause()
                .isSameAs(two)
                .hasSuppressedException(three)
                .hasSuppressedException(one);
        assertThat(clock.outstanding()).isZero();
    }

    @Test
    void C11_oneAndTheSameExceptionAtEveryTurn_gathersNothing() {
        var down = new IOException("down");
        var hedging = Hedging.<String, String>ofAsync(
                        key -> CompletableFuture.failedFuture(down), key -> CompletableFuture.failedFuture(down))
                .budget(1);

        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(load(hedging)::get).cause().isSameAs(down);
        }

        assertThat(down.getSuppressed()).isEmpty();
    }

    @Test
    void G5_aNullStage_aThrowingLoader_anError_areFailuresOfTheirReplica() {
        var deep = new StackOverflowError("deep");
        var result = load(hedged(
                key -> null,
                key -> {
                    throw deep;
                },
                third));
        third.only().completeExceptionally(new IOException("down"));

        assertThatThrownBy(result::get)
                .cause()
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the asynchronous loader of a replica returned null")
                .hasSuppressedException(deep);
    }

    @Test
    void G5_anExecutorThatRefuses_isAFailure_andKeepsNobodyWaiting() {
        var hedging = Hedging.<String, String>of(key -> "first", key -> "second")
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                });

        assertThatThrownBy(() -> hedging.load("key")).hasMessage("full");
    }

    @Test
    void G5_aSchedulerThatThrows_leavesALoadWithoutHedges() {
        Scheduler broken = (executor, task, delay, unit) -> {
            throw new IllegalStateException("no timer");
        };
        var result = load(hedged(first, second).clock(broken, clock));

        first.only().complete("first");

        assertThat(result.join()).isEqualTo("first");
    }

    // Giving up

    @Test
    void G8_whenTheResultIsCancelled_allAreCancelled_andNoneIsAskedLater() {
        var result = load(hedged(first, second, third));
        clock.pass(DELAY);

        result.cancel(true);

        assertThat(first.only()).isCancelled();
        assertThat(second.only()).isCancelled();
        assertThat(clock.outstanding()).isZero();
        clock.passMillis(100);
        assertThat(third.asked).isEmpty();
    }

    @Test
    void G8_theLastCallerOfAGroup_cancelsTheReplicas() {
        var group = Group.<String, String>create("users");
        var a = group.loadAsync("key", hedged(first, second).async());
        var b = group.loadAsync("key", hedged(first, second).async());

        a.cancel(true);
        assertThat(first.only()).isNotDone();
        b.cancel(true);

        Callers.awaitTrue(first.only()::isCancelled);
        group.close();
    }

    @RepeatedTest(100)
    void C11_aBlockingLoser_isInterrupted_andTheThreadThatWaitedIsNot() throws Exception {
        var slow = new Gate<String>();
        var hedging = Hedging.<String, String>of(slow, key -> "second").after(Duration.ofMillis(1));

        assertThat(hedging.load("key")).isEqualTo("second");

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Callers.awaitTrue(() -> slow.interrupts() == 1 || slow.runs() == 0);
    }

    @Test
    void C11_aBlockingLoser_thatIsDeaf_keepsNobodyWaiting() throws Exception {
        var open = new CountDownLatch(1);
        var hedging = Hedging.<String, String>of(
                        key -> {
                            while (true) {
                                try {
                                    open.await();
                                    return "late";
                                } catch (InterruptedException e) {
                                    // deaf
                                }
                            }
                        },
                        key -> "second")
                .after(Duration.ofMillis(1));

        assertThat(hedging.load("key")).isEqualTo("second");
        open.countDown();
    }

    @RepeatedTest(50)
    void G7_anInterruptedLeader_handsOver_andItsReplicasAreInterrupted() {
        var group = Group.<String, String>create("users");
        var one = new Gate<String>("one");
        var two = new Gate<String>("two");
        var leader = Callers.onThread(
                () -> group.load("key", Hedging.<String, String>of(one, one).after(Duration.ofHours(1))));
        one.awaitEntered();
        var follower = Callers.onThread(
                () -> group.load("key", Hedging.<String, String>of(two, two).after(Duration.ofHours(1))));
        Callers.awaitCallers(group, "key", 2);

        leader.giveUp();
        assertThat(leader.failure()).isInstanceOf(io.skein.CallerInterruptedException.class);
        Callers.awaitTrue(() -> one.interrupts() == 1);
        two.open();

        assertThat(follower.get()).isEqualTo("two");
    }

    @RepeatedTest(20)
    void G11_aReplicaThatWaitsForItsOwnKey_isFound() {
        var group = Group.<String, String>create("users");
        var self = new AtomicReference<Loader<String, String>>();
        self.set(Hedging.of(key -> group.load(key, self.get()), key -> group.load(key, self.get())));

        assertThatThrownBy(() -> group.load("key", self.get())).isInstanceOf(LoadCycleException.class);
    }

    // When one is late

    @Test
    void C11_afterQuantile_learnsFromTheFirstReplica() {
        var hedging = hedged(first, second).afterQuantile(0.9);
        assertThat(hedging.stats().delay()).isEmpty();
        for (int i = 1; i <= 10; i++) {
            var result = load(hedging);
            clock.passMillis(i);
            first.asked.get(i - 1).complete("first");
            assertThat(result).isDone();
        }
        assertThat(second.asked).isEmpty();

        assertThat(hedging.stats().delay()).contains(Duration.ofMillis(9));
        load(hedging);
        clock.passMillis(8);
        assertThat(second.asked).isEmpty();
        clock.passMillis(1);
        assertThat(second.asked).hasSize(1);
    }

    @Test
    void C11_afterQuantile_countsTheLosers_lestLateGetsEarlierAndEarlier() {
        var random = new Random(42);
        var hedging = simulated(random, 0.2).afterQuantile(0.9).budget(1);

        var times = simulate(hedging, 20_000);

        // a fifth of the loads is slow: so is the 0.9 quantile, and it stays there
        assertThat(times).hasSize(20_000);
        assertThat(hedging.stats().delay().orElseThrow()).isGreaterThan(Duration.ofMillis(20));
    }

    @Test
    void C11_afterQuantile_countsWhatItsCallersGaveUp_asTooSlow() {
        var hedging = hedged(first, second).afterQuantile(0.5);
        for (int i = 0; i < 2; i++) {
            var result = load(hedging);
            clock.passMillis(50);
            result.cancel(true);
        }

        assertThat(hedging.stats().delay()).contains(Duration.ofMillis(50));
    }

    /** Replicas that answer after 5 to 15 ms, and a share of them after 1 s, in the test's own time. */
    private Hedging<String, String> simulated(Random random, double slow) {
        AsyncLoader<String, String> replica = key -> {
            var answer = new CompletableFuture<String>();
            long millis = random.nextDouble() < slow ? 1_000 : 5 + random.nextInt(11);
            clock.at(Duration.ofMillis(millis), () -> answer.complete("value"));
            return answer;
        };
        return hedged(replica, replica);
    }

    /** What each load took, in milliseconds, sorted. */
    private List<Long> simulate(Hedging<String, String> hedging, int loads) {
        var times = new ArrayList<Long>();
        for (int i = 0; i < loads; i++) {
            clock.at(Duration.ofMillis(i % 7), () -> {
                long start = clock.read();
                load(hedging).thenRun(() -> times.add(TimeUnit.NANOSECONDS.toMillis(clock.read() - start)));
            });
            clock.passMillis(1);
        }
        clock.passMillis(2_000);
        times.sort(null);
        return times;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C11_theTail_fallsToTheDelayAndAnOrdinaryLoad_withinTheBudget(boolean byQuantile) {
        var plain = simulate(simulated(new Random(7), 0.015).after(Duration.ofHours(1)), 20_000);
        var hedging = simulated(new Random(7), 0.015).budget(0.1);
        hedging = byQuantile ? hedging.afterQuantile(0.95) : hedging.after(Duration.ofMillis(15));

        var times = simulate(hedging, 20_000);

        assertThat(plain.get(19_800)).as("p99 without hedges").isEqualTo(1_000);
        assertThat(times.get(10_000)).as("p50").isLessThanOrEqualTo(11);
        assertThat(times.get(19_800)).as("p99").isLessThanOrEqualTo(15 + 15);
        assertThat(hedging.stats().hedges()).isLessThanOrEqualTo(2_000);
        assertThat(hedging.stats().loads()).isEqualTo(20_000);
        assertThat(clock.outstanding()).isZero();
    }

    @Test
    void C11_aSourceThatIsSlowAsAWhole_isNotAskedTwiceForEverything() {
        var hedging = simulated(new Random(7), 1).budget(0.05);

        simulate(hedging, 10_000);

        assertThat(hedging.stats().hedges()).isBetween(500L, 510L);
        assertThat(hedging.stats().overBudget())
                .isEqualTo(10_000 - hedging.stats().hedges());
    }

    // Nothing is left

    @Test
    void C11_after100_000Loads_nothingIsLeft() throws Exception {
        var running = new AtomicInteger();
        var count = new AtomicInteger();
        Loader<String, String> replica = key -> {
            running.incrementAndGet();
            try {
                if (count.incrementAndGet() % 200 == 0) {
                    new CountDownLatch(1).await(); // until it is interrupted
                }
                return "value";
            } finally {
                running.decrementAndGet();
            }
        };
        var timers = new Timer();
        var hedging = Hedging.<String, String>of(replica, replica)
                .after(Duration.ofMillis(2))
                .budget(1)
                .clock(timers, System::nanoTime);

        for (int i = 0; i < 100_000; i++) {
            assertThat(hedging.load("key")).isEqualTo("value");
        }

        Callers.awaitTrue(() -> running.get() == 0);
        assertThat(hedging.stats().hedges()).isGreaterThan(400);
        Callers.awaitTrue(() -> timers.open.get() == 0);
        Callers.awaitTrue(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("skein-load-")));
    }

    /** The system's, counted. */
    private static final class Timer implements Scheduler {
        final AtomicInteger open = new AtomicInteger();

        @Override
        public java.util.concurrent.Future<?> schedule(
                java.util.concurrent.Executor executor, Runnable command, long delay, TimeUnit unit) {
            open.incrementAndGet();
            var timer = (CompletableFuture<?>) Timers.SYSTEM.schedule(executor, command, delay, unit);
            timer.whenComplete((nothing, e) -> open.decrementAndGet());
            return timer;
        }
    }

    @Test
    void C11_aTimerThatIsCancelled_runsNothing_andOneThatIsNot_runs() throws Exception {
        var ran = new AtomicInteger();
        var done = new CountDownLatch(1);
        var cancelled = Timers.SYSTEM.schedule(Runnable::run, ran::incrementAndGet, 20, TimeUnit.MILLISECONDS);
        cancelled.cancel(false);
        Timers.SYSTEM.schedule(Runnable::run, done::countDown, 40, TimeUnit.MILLISECONDS);

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(0);
    }

    // With a cache; settings

    @Test
    void C11_asTheLoaderOfACache_oneLoadForAll() {
        var slow = new Gate<Long>();
        var cache = CoalescingCache.<Long, String>builder("products")
                .loader(Hedging.<Long, String>of(slow, key -> "second").after(Duration.ofMillis(5)))
                .build();

        var calls = IntStream.range(0, 20)
                .mapToObj(i -> Callers.onThread(() -> cache.get(1L)))
                .toList();

        assertThat(calls).allMatch(call -> call.get().equals("second"));
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void badSettings_failAtOnce() {
        var hedging = hedged(first, second);

        assertThatThrownBy(() -> Hedging.<String, String>of(key -> "alone"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("replicas must be at least two, were 1: to ask one and the same again, give it twice");
        assertThatThrownBy(() -> Hedging.<String, String>of(key -> "one", null)).hasMessage("replica");
        assertThatThrownBy(() -> hedging.after(Duration.ZERO)).hasMessage("delay must be positive, was PT0S");
        assertThatThrownBy(() -> hedging.afterQuantile(1))
                .hasMessage("quantile must be greater than 0 and less than 1, was 1.0");
        assertThatThrownBy(() -> hedging.budget(0)).hasMessage("budget must be greater than 0 and at most 1, was 0.0");
        assertThatThrownBy(() -> hedging.budget(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hedging.executor(null)).hasMessage("executor");
        assertThatThrownBy(() -> hedging.load(null)).hasMessage("key");
    }
}
