package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.Callers.Call;
import io.skein.Callers.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G7 the leader may leave too. */
class HandOverTest {
    private final Group<String, String> group = Group.create("group");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100})
    void G7_anInterruptedLeader_handsOver_withExactlyOneMoreLoad(int followers) {
        for (int round = 0; round < 20; round++) {
            var first = new Gate<String>("first");
            var leader = Kind.PLATFORM.call(group, "key", first);
            first.awaitEntered();
            var loads = new AtomicInteger();
            var calls = Callers.mixed(followers, group, "key", key -> "second, run " + loads.incrementAndGet());
            Callers.awaitCallers(group, "key", followers + 1);

            leader.thread().interrupt();

            assertThat(leader.failure())
                    .isInstanceOf(CallerInterruptedException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("second, run 1"));
            assertThat(loads).hasValue(1);
            assertThat(group.flights()).isEmpty();
        }
    }

    @Test
    void G7_theLeaderKeepsItsInterruptFlag() {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> {
            try {
                return group.load("key", gate);
            } catch (CallerInterruptedException e) {
                return "flag " + Thread.currentThread().isInterrupted();
            }
        });
        gate.awaitEntered();

        leader.thread().interrupt();

        assertThat(leader.get()).isEqualTo("flag true");
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G7_aLoaderThatWrapsTheInterruptAndKeepsTheFlag_isHandedOverToo() {
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.load("key", key -> {
            try {
                entered.countDown();
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("query aborted");
            }
        }));
        Callers.awaitCallers(group, "key", 1);
        awaitQuietly(entered);
        var follower = Kind.PLATFORM.call(group, "key", key -> "second");
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(follower.get()).isEqualTo("second");
    }

    @Test
    void G7_onlyAsynchronousFollowers_takeOverOnTheExecutor() {
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var supplied = group.supplyAsync("key", key -> Thread.currentThread().getName());
        var staged = group.loadAsync(
                "key",
                key -> CompletableFuture.completedFuture(Thread.currentThread().getName()));
        Callers.awaitCallers(group, "key", 3);

        leader.thread().interrupt();

        assertThat(supplied.join()).startsWith("skein-group-");
        assertThat(staged.join()).isEqualTo(supplied.join());
    }

    @RepeatedTest(100)
    void G7_handOverGoesOn_whileSuccessorsAreInterruptedAsWell() {
        var gates = new ArrayList<Gate<String>>();
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 5; i++) {
            var gate = new Gate<String>("load " + i);
            gates.add(gate);
            calls.add(Kind.PLATFORM.call(group, "key", gate));
            Callers.awaitCallers(group, "key", i + 1);
        }

        for (int left = 5; left > 1; left--) {
            Callers.awaitTrue(() -> group.flights().get(0).leaderThread() != null
                    && gates.stream().mapToInt(Gate::runs).sum()
                            == gates.stream().mapToInt(Gate::interrupts).sum() + 1);
            group.flights().get(0).leaderThread().interrupt();
            Callers.awaitCallers(group, "key", left - 1);
        }
        gates.forEach(Gate::open);

        var values = new ArrayList<String>();
        int interrupted = 0;
        for (var call : calls) {
            try {
                values.add(call.get());
            } catch (CallerInterruptedException e) {
                interrupted++;
            }
        }
        assertThat(values).hasSize(1);
        assertThat(interrupted).isEqualTo(4);
        assertThat(gates.stream().mapToInt(Gate::runs).sum()).isEqualTo(5);
    }

    @Test
    void G7_aLoadOnAnExecutor_goesOnWithoutItsLeader() {
        var onExecutor = Group.<String, String>builder("on executor")
                .executor(task -> Callers.platform(task).start())
                .build();
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(onExecutor, "key", gate);
        gate.awaitEntered();
        var follower = Kind.PLATFORM.call(onExecutor, "key", gate);
        Callers.awaitCallers(onExecutor, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        gate.open();
        assertThat(follower.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(1);
    }

    @Test
    void G7_aForgottenFlight_isHandedOverToo() {
        var first = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", first);
        first.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", key -> "second");
        Callers.awaitCallers(group, "key", 2);
        group.forget("key");

        leader.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(follower.get()).isEqualTo("second");
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G7_anAsyncLoaderInterruptedOnItsLeadersThread_isHandedOver() {
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.loadAsync("key", key -> {
            entered.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("not interrupted");
        }));
        awaitQuietly(entered);
        var follower = Kind.PLATFORM.call(group, "key", key -> "second");
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.get()).isCompletedExceptionally();
        assertThat(follower.get()).isEqualTo("second");
    }

    /** Leader and one of two followers are interrupted at the same moment; the one that stays gets a value. */
    @RepeatedTest(500)
    void G7_interruptOfTheLeaderAndOfItsSuccessorAtOnce() {
        var first = new Gate<String>("first");
        var leader = Kind.PLATFORM.call(group, "key", first);
        first.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", key -> "second");
        var staying = Kind.PLATFORM.call(group, "key", key -> "second");
        Callers.awaitCallers(group, "key", 3);

        leader.thread().interrupt();
        follower.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(staying.get()).isEqualTo("second");
        assertThat(follower.outcome()
                        .handle((value, e) -> value == null ? e : value)
                        .join())
                .satisfiesAnyOf(
                        value -> assertThat(value).isEqualTo("second"),
                        e -> assertThat(e).isInstanceOf(CallerInterruptedException.class));
        assertThat(group.table().isEmpty()).isTrue();
    }

    /** Followers that see the vacancy when another has just taken it wait on: it is no reason to give up. */
    @RepeatedTest(300)
    void G7_followersThatComeTooLateForTheLead_waitOn() {
        var first = new Gate<String>("first");
        var second = new Gate<String>("second");
        var leader = Kind.PLATFORM.call(group, "key", first);
        first.awaitEntered();
        var followers = new ArrayList<Call<String>>();
        for (int i = 0; i < 16; i++) {
            followers.add(Kind.PLATFORM.call(group, "key", second));
        }
        Callers.awaitCallers(group, "key", 17);

        leader.thread().interrupt();
        second.awaitEntered();
        second.open();

        assertThat(followers).allSatisfy(call -> assertThat(call.get()).isEqualTo("second"));
        assertThat(second.runs()).isEqualTo(1);
    }

    /** Newcomers during a hand-over join the flight that goes on: still one load at a time, and one more in all. */
    @RepeatedTest(300)
    void G7_newcomersDuringAHandOver_joinIt() {
        var first = new Gate<String>("first");
        var leader = Kind.PLATFORM.call(group, "key", first);
        first.awaitEntered();
        var loads = new AtomicInteger();
        var second = new CountDownLatch(1);
        Loader<String, String> loader = key -> {
            loads.incrementAndGet();
            second.await();
            return "second";
        };
        var calls = new ArrayList<>(List.of(Kind.PLATFORM.call(group, "key", loader)));
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();
        calls.addAll(Callers.mixed(4, group, "key", loader));
        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        Callers.awaitCallers(group, "key", 5);
        second.countDown();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("second"));
        assertThat(loads).hasValue(1);
    }

    /** A key that is slow to be printed on one thread: there the leader is still at its exception when all else is done. */
    private static final class SlowToPrint {
        private final CountDownLatch printable = new CountDownLatch(1);
        private volatile Thread slowOn;

        @Override
        public String toString() {
            if (Thread.currentThread() == slowOn) {
                awaitQuietly(printable);
            }
            return "key";
        }
    }

    private static <V> AsyncLoader<Object, V> interruptible(CountDownLatch entered) {
        return key -> {
            entered.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("not interrupted");
        };
    }

    @Test
    void G7_anInterruptedAsyncLeader_getsTheInterruption_alsoIfItsSuccessorIsFaster() {
        var group = Group.<SlowToPrint, String>create("group");
        var key = new SlowToPrint();
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.loadResultAsync(key, interruptible(entered)));
        awaitQuietly(entered);
        var follower = Callers.onThread(() -> group.loadResult(key, k -> "second"));
        Callers.awaitCallers(group, key, 2);
        key.slowOn = leader.thread();

        leader.thread().interrupt();

        assertThat(follower.get()).isEqualTo(new Result<>("second", false));
        key.printable.countDown();
        assertThat(leader.get())
                .failsWithin(Callers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(CallerInterruptedException.class);
    }

    @Test
    void G7_anInterruptedAsyncLeader_isCountedOutOnce_alsoIfItsTimeIsOverMeanwhile() {
        var nanos = new AtomicLong();
        var group = Group.<SlowToPrint, String>builder("group")
                .ticker(nanos::get)
                .callerTimeout(Duration.ofSeconds(10))
                .build();
        var key = new SlowToPrint();
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.loadAsync(key, interruptible(entered)));
        awaitQuietly(entered);
        var sentinel = group.loadAsync(new SlowToPrint(), k -> new CompletableFuture<>());
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        var laterSentinel = group.loadAsync(new SlowToPrint(), k -> new CompletableFuture<>());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        var source = new CompletableFuture<String>();
        var follower = group.loadResultAsync(key, k -> source);
        key.slowOn = leader.thread();
        leader.thread().interrupt();
        Callers.awaitCallers(group, key, 1);

        nanos.addAndGet(Duration.ofSeconds(5).toNanos()); // over for the leader, were it still aboard
        Callers.awaitTrue(sentinel::isDone);
        nanos.addAndGet(Duration.ofSeconds(4).toNanos() + 500_000_000);
        Callers.awaitTrue(laterSentinel::isDone); // so the round that ended the first one is over

        Callers.awaitCallers(group, key, 1);
        source.complete("second");
        assertThat(follower.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(new Result<>("second", false));
        key.printable.countDown();
        assertThat(leader.get()).isCompletedExceptionally();
    }

    @RepeatedTest(500)
    void G7_anInterruptedAsyncLeader_neitherLeadsAgainNorGetsAValue() {
        var loads = new AtomicInteger();
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.loadResultAsync("key", key -> {
            loads.incrementAndGet();
            entered.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("not interrupted");
        }));
        awaitQuietly(entered);
        var follower = Callers.onThread(() -> group.loadResult("key", key -> "second"));
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(follower.get()).isEqualTo(new Result<>("second", false));
        assertThat(leader.get())
                .failsWithin(Callers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(CallerInterruptedException.class);
        assertThat(loads).hasValue(1);
    }

    @Test
    void G7_aBlockingSuccessorInAGroupWithTimeouts_loadsOnTheExecutor_andItsOwnTimeStillCounts() {
        var nanos = new AtomicLong();
        var timed = Group.<String, String>builder("timed")
                .ticker(nanos::get)
                .callerTimeout(Duration.ofSeconds(10))
                .build();
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> timed.loadAsync("key", interruptible(entered)));
        awaitQuietly(entered);
        var loading = new CompletableFuture<Thread>();
        var deaf = new CountDownLatch(1);
        var follower = Kind.PLATFORM.call(timed, "key", key -> {
            loading.complete(Thread.currentThread());
            while (deaf.getCount() > 0) {
                Thread.onSpinWait();
            }
            return "too late";
        });
        Callers.awaitCallers(timed, "key", 2);
        leader.thread().interrupt();
        assertThat(loading.orTimeout(30, TimeUnit.SECONDS).join().getName()).startsWith("skein-timed-");

        nanos.addAndGet(Duration.ofSeconds(11).toNanos());

        assertThat(follower.failure()).isInstanceOf(CallerTimeoutException.class);
        deaf.countDown();
    }

    @Test
    void G7_aTickerThatFailsDuringTheHandOver_failsTheFollowers_andLeavesNoFlightBehind() {
        var broken = new AtomicBoolean();
        var timed = Group.<String, String>builder("timed")
                .ticker(() -> {
                    if (broken.get()) {
                        throw new IllegalStateException("ticker");
                    }
                    return 0;
                })
                .scheduler(Scheduler.disabledScheduler()) // its rounds would stumble over the ticker, and say so
                .stuckAfter(Duration.ofSeconds(10))
                .build();
        var first = new Gate<String>("first");
        var leader = Kind.PLATFORM.call(timed, "key", first);
        first.awaitEntered();
        var followers = Callers.mixed(4, timed, "key", key -> "second load");
        Callers.awaitCallers(timed, "key", 5);

        broken.set(true);
        leader.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(followers)
                .allSatisfy(follower -> assertThat(follower.failure()).hasMessage("ticker"));
        assertThat(timed.table().isEmpty()).isTrue();
    }

    @RepeatedTest(300)
    void G7_aTickerThatFailsForOneFollower_leavesTheLeadToAnother() {
        var broken = new AtomicReference<Thread>();
        var timed = Group.<String, String>builder("timed")
                .ticker(() -> {
                    if (Thread.currentThread() == broken.get()) {
                        throw new IllegalStateException("ticker");
                    }
                    return 0;
                })
                .scheduler(Scheduler.disabledScheduler())
                .stuckAfter(Duration.ofSeconds(10))
                .build();
        var first = new Gate<String>("first");
        var leader = Kind.PLATFORM.call(timed, "key", first);
        first.awaitEntered();
        var sound = Kind.PLATFORM.call(timed, "key", key -> "second load");
        Callers.awaitCallers(timed, "key", 2);
        var unlucky = Kind.PLATFORM.call(timed, "key", key -> "second load"); // woken first, since it came last
        Callers.awaitCallers(timed, "key", 3);
        Callers.awaitParked(unlucky.thread());

        broken.set(unlucky.thread());
        leader.thread().interrupt();

        assertThat(sound.get()).isEqualTo("second load");
        assertThat(unlucky.outcome().handle((value, failure) -> failure == null ? value : failure.getMessage()))
                .succeedsWithin(Callers.PATIENCE)
                .isIn("ticker", "second load");
        assertThat(timed.table().isEmpty()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
