package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.failsafe.Failsafe;
import dev.failsafe.Timeout;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.skein.Callers.Call;
import io.skein.Callers.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6 leaving, G8 the last caller turns off the light. */
class LeavingTest {
    private final Group<String, String> group = Group.create("group");

    static List<Kind> blockingKinds() {
        return Kind.all().stream().filter(Kind::isBlocking).toList();
    }

    static List<Kind> asyncKinds() {
        return Kind.all().stream().filter(kind -> !kind.isBlocking()).toList();
    }

    @ParameterizedTest
    @MethodSource("blockingKinds")
    void G6_anInterruptedFollower_leavesAlone_withItsFlagSet(Kind kind) {
        var gate = new Gate<String>();
        var leader = kind.call(group, "key", gate);
        gate.awaitEntered();
        var other = kind.call(group, "key", gate);
        var follower = Callers.onThread(() -> {
            try {
                return group.load("key", gate);
            } catch (CallerInterruptedException e) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                throw e;
            }
        });
        Callers.awaitCallers(group, "key", 3);

        follower.thread().interrupt();

        assertThat(follower.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasMessageContaining("'key'")
                .hasMessageContaining("'group'");
        Callers.awaitCallers(group, "key", 2);
        gate.open();
        assertThat(leader.get()).isEqualTo("value");
        assertThat(other.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(gate.interrupts()).isZero();
    }

    @Test
    void G6_followerTimeout_doesNotDisturbOthers() {
        var quick = Group.<String, String>builder("quick")
                .callerTimeout(Duration.ofMillis(50))
                .cancelWhenAbandoned(false)
                .build();
        var gate = new Gate<String>();
        var blocking = Callers.onThread(() -> quick.load("key", gate));
        gate.awaitEntered();
        var async = quick.loadAsync("key", key -> new CompletableFuture<>());

        assertThat(blocking.failure())
                .isInstanceOf(CallerTimeoutException.class)
                .hasMessageContaining("PT0.05S")
                .hasMessageContaining("'key'");
        assertThatThrownBy(() -> async.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(CallerTimeoutException.class);
        var late = Callers.onThread(() -> quick.load("key", gate));
        Callers.awaitCallers(quick, "key", 1);
        gate.open();

        assertThat(late.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(1);
    }

    static List<Arguments> waysToSpoilAFuture() {
        return List.of(
                way("cancel", f -> f.cancel(true)),
                way("complete", f -> f.complete("fake")),
                way("completeExceptionally", f -> f.completeExceptionally(new IllegalStateException())),
                way("obtrudeValue", f -> f.obtrudeValue("fake")),
                way("obtrudeException", f -> f.obtrudeException(new IllegalStateException())),
                way("orTimeout", f -> f.orTimeout(1, TimeUnit.NANOSECONDS)),
                way("completeOnTimeout", f -> f.completeOnTimeout("fake", 1, TimeUnit.NANOSECONDS)),
                way("completeAsync", f -> f.completeAsync(() -> "fake")),
                way(
                        "failing completeAsync",
                        f -> f.completeAsync(() -> {
                            throw new IllegalStateException();
                        })),
                way(
                        "Resilience4j TimeLimiter on the stage",
                        f -> TimeLimiter.of(Duration.ofMillis(50))
                                .executeCompletionStage(Executors.newSingleThreadScheduledExecutor(), () -> f)),
                way("Resilience4j TimeLimiter on the future", f -> {
                    try {
                        TimeLimiter.of(Duration.ofMillis(50)).executeFutureSupplier(() -> f);
                    } catch (Exception e) {
                        assertThat(e).isInstanceOf(java.util.concurrent.TimeoutException.class);
                    }
                }),
                way(
                        "Failsafe Timeout",
                        f -> Failsafe.with(Timeout.of(Duration.ofMillis(50))).getStageAsync(() -> f)));
    }

    private static Arguments way(String name, Consumer<CompletableFuture<String>> spoil) {
        return Arguments.of(name, spoil);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToSpoilAFuture")
    void G6_whatIsDoneToOneFuture_touchesNobodyElse(String name, Consumer<CompletableFuture<String>> spoil) {
        var source = new CompletableFuture<String>();
        var runs = new AtomicInteger();
        var first = group.loadAsync("key", key -> {
            runs.incrementAndGet();
            return source;
        });
        var spoilt = group.loadAsync("key", key -> source);
        var blocking = Kind.PLATFORM.call(group, "key", key -> "second load");
        Callers.awaitCallers(group, "key", 3);

        spoil.accept(spoilt);

        Callers.awaitTrue(spoilt::isDone);
        Callers.awaitCallers(group, "key", 2);
        assertThat(source).isNotDone();
        source.complete("value");
        assertThat(first.join()).isEqualTo("value");
        assertThat(blocking.get()).isEqualTo("value");
        assertThat(runs).hasValue(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G6_cancellingADependent_leavesItsFutureAlone() {
        var source = new CompletableFuture<String>();
        var own = group.loadAsync("key", key -> source);

        own.thenApply(String::length).cancel(true);
        own.copy().complete("fake");

        assertThat(own).isNotDone();
        source.complete("value");
        assertThat(own.join()).isEqualTo("value");
    }

    @Test
    void G6_aCallbackThatBlocks_holdsUpNoOtherThreadAndNotTheLeader() throws Exception {
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var release = new CountDownLatch(1);
        var slow = group.loadAsync("key", key -> new CompletableFuture<>()).thenAccept(value -> awaitQuietly(release));
        var follower = Kind.PLATFORM.call(group, "key", gate);
        Callers.awaitCallers(group, "key", 3);

        gate.open();

        assertThat(follower.get()).isEqualTo("value");
        assertThat(leader.get()).isEqualTo("value");
        assertThat(slow).isNotDone();
        release.countDown();
        slow.get(10, TimeUnit.SECONDS);
    }

    /** A follower is interrupted while the flight lands: it gets the value or the interruption, and never hangs. */
    @RepeatedTest(2_000)
    void G6_interruptDuringTheLanding() {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.loadResult("key", gate));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> group.loadResult("key", gate));
        Callers.awaitCallers(group, "key", 2);

        gate.open();
        follower.thread().interrupt();

        var result = leader.get();
        if (result.shared()) {
            assertThat(follower.get()).isEqualTo(result);
        } else {
            assertThat(follower.failure()).isInstanceOf(CallerInterruptedException.class);
        }
        assertThat(group.flights()).isEmpty();
    }

    /** The same for a timeout. */
    @RepeatedTest(300)
    void G6_timeoutDuringTheLanding() throws Exception {
        var quick = Group.<String, String>builder("quick")
                .callerTimeout(Duration.ofMillis(5))
                .build();
        var calls = new ArrayList<Call<Result<String>>>();
        for (int i = 0; i < 4; i++) {
            calls.add(Callers.onThread(() -> quick.loadResult("key", key -> {
                new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                return "value";
            })));
        }
        var async = quick.supplyAsync("key", key -> {
            new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
            return "value";
        });

        for (var call : calls) {
            try {
                assertThat(call.get().value()).isEqualTo("value");
            } catch (CallerTimeoutException e) {
                assertThat(e).hasMessageContaining("'key'");
            }
        }
        async.handle((value, failure) -> null).get(10, TimeUnit.SECONDS);
        Callers.awaitTrue(() -> quick.table().isEmpty());
        quick.close();
    }

    @ParameterizedTest
    @MethodSource("asyncKinds")
    void G8_whenEveryCallerHasLeft_theLoadIsCancelledOnce_andTheKeyIsFree(Kind kind) {
        var gate = new Gate<String>();
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 10; i++) {
            calls.add(kind.call(group, "key", gate));
        }
        gate.awaitEntered();

        calls.forEach(Call::giveUp);

        assertThat(group.flights()).isEmpty();
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(calls).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(CancellationException.class));
        assertThat(group.load("key", key -> "new")).isEqualTo("new");
    }

    @Test
    void G8_blockingCallersThatAllTimeOut_cancelTheLoad() {
        var quick = Group.<String, String>builder("quick")
                .callerTimeout(Duration.ofMillis(20))
                .build();
        var gate = new Gate<String>();

        var calls = List.of(
                Kind.PLATFORM.call(quick, "key", gate),
                Kind.PLATFORM.call(quick, "key", gate),
                Kind.SUPPLY.call(quick, "key", gate));

        assertThat(calls).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(CallerTimeoutException.class));
        Callers.awaitTrue(() -> gate.interrupts() == gate.runs());
        assertThat(quick.table().isEmpty()).isTrue();
    }

    @Test
    void G8_theKeyIsFree_evenIfTheLoaderIsDeaf() {
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var abandoned = group.supplyAsync("key", key -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return "too late";
        });
        awaitQuietly(entered);

        abandoned.cancel(true);

        assertThat(group.load("key", key -> "new")).isEqualTo("new");
        release.countDown();
    }

    @Test
    void G8_theFutureOfAnAbandonedLoad_isCancelled() {
        var source = new CompletableFuture<String>();
        var only = group.loadAsync("key", key -> source);

        only.cancel(false);

        assertThat(source).isCancelled();
    }

    @Test
    void G8_switchedOff_anAbandonedLoadGoesOn_andCanBeJoined() {
        var patient = Group.<String, String>builder("patient")
                .cancelWhenAbandoned(false)
                .build();
        var gate = new Gate<String>();
        var first = patient.supplyAsync("key", gate);
        gate.awaitEntered();

        first.cancel(true);
        var second = patient.loadResultAsync("key", key -> new CompletableFuture<>());
        gate.open();

        assertThat(second.join()).isEqualTo(new Result<>("value", false));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(gate.interrupts()).isZero();
    }

    @Test
    void G8_theInterruptOfACancelledLoad_doesNotOutliveIt() throws Exception {
        var pool = Executors.newSingleThreadExecutor();
        var pooled = Group.<String, String>builder("pooled").executor(pool).build();

        for (int i = 0; i < 200; i++) {
            var gate = new Gate<String>();
            var call = pooled.supplyAsync("key", gate);
            if (i % 2 == 0) {
                gate.awaitEntered();
            }
            call.cancel(true);

            assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get())
                    .isFalse();
        }
        pool.shutdown();
    }

    /** The last caller leaves while a newcomer arrives: the newcomer gets a value, never the cancellation. */
    @RepeatedTest(3_000)
    void G8_aNewcomerInTheInstantOfAbandonment_getsAHealthyLoad() throws Exception {
        var source = new CompletableFuture<String>();
        var leaving = group.loadAsync("key", key -> source);
        var barrier = new CyclicBarrier(2);
        var newcomer = Callers.onThread(() -> {
            barrier.await();
            return group.loadAsync("key", key -> CompletableFuture.completedFuture("new"));
        });

        barrier.await();
        leaving.cancel(true);
        source.complete("old");

        assertThat(newcomer.get().get(10, TimeUnit.SECONDS)).isIn("new", "old");
        assertThat(group.flights()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000})
    void G6_callersThatGaveUp_leaveNothingBehindInALongFlight(int callers) {
        var source = new CompletableFuture<String>();
        var patient = group.loadAsync("key", key -> source);
        for (int i = 0; i < callers; i++) {
            group.loadAsync("key", key -> source).cancel(false);
        }

        int seats = 0;
        for (var seat = group.table().get("key").futures(); seat != null; seat = seat.next) {
            seats++;
        }

        assertThat(seats).isLessThan(100);
        source.complete("value");
        assertThat(patient.join()).isEqualTo("value");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
