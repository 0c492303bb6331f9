package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** G13 bounded, G15 close. */
class BoundsAndCloseTest {

    @Test
    void G13_beyondMaxFlights_aCallerIsRejectedAtOnce() {
        var group = Group.<String, String>builder("full").maxFlights(2).build();
        var gate = new Gate<String>();
        var first = Kind.PLATFORM.call(group, "a", gate);
        var second = group.supplyAsync("b", gate);
        Callers.awaitCallers(group, "a", 1);

        assertThatThrownBy(() -> group.load("c", key -> "value"))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessageContaining("key 'c' of group 'full'")
                .hasMessageContaining("maxFlights")
                .hasMessageContaining("2");
        assertThatThrownBy(group.supplyAsync("c", key -> "value")::join)
                .hasCauseInstanceOf(LoadRejectedException.class);
        var joiner = Kind.PLATFORM.call(group, "a", gate);
        Callers.awaitCallers(group, "a", 2);

        gate.open();
        assertThat(first.get() + second.join() + joiner.get()).isEqualTo("valuevaluevalue");
        assertThat(group.load("c", key -> "room again")).isEqualTo("room again");
    }

    @Test
    void G13_everyEndOfAFlight_makesRoom() {
        var group = Group.<String, String>builder("full")
                .maxFlights(1)
                .callerTimeout(Duration.ofMinutes(1))
                .build();

        for (int i = 0; i < 10; i++) {
            group.load("key", key -> "value");
            assertThatThrownBy(() -> group.load("key", key -> {
                        throw new IllegalStateException("down");
                    }))
                    .hasMessage("down");
            group.loadAsync("key", key -> new CompletableFuture<>()).cancel(true);
            var source = new CompletableFuture<String>();
            var forgotten = group.loadAsync("key", key -> source);
            group.forget("key");
            assertThatThrownBy(() -> group.load("key", key -> "value")).isInstanceOf(LoadRejectedException.class);
            source.complete("value");
            assertThat(forgotten).isCompletedWithValue("value");
        }
    }

    @Test
    void G13_beyondMaxCallersPerFlight_aCallerIsRejectedAtOnce() {
        var group = Group.<String, String>builder("full").maxCallersPerFlight(2).build();
        var source = new CompletableFuture<String>();
        var first = group.loadAsync("key", key -> source);
        var second = group.loadAsync("key", key -> source);

        assertThatThrownBy(() -> group.load("key", key -> "value"))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessageContaining("key 'key' of group 'full'")
                .hasMessageContaining("maxCallersPerFlight");
        assertThatThrownBy(group.loadAsync("key", key -> source)::join).hasCauseInstanceOf(LoadRejectedException.class);
        second.cancel(true);
        var third = group.loadAsync("key", key -> source);

        source.complete("value");
        assertThat(first).isCompletedWithValue("value");
        assertThat(third).isCompletedWithValue("value");
    }

    @Test
    void G13_freshCallersThatWait_areBoundedToo() {
        var group = Group.<String, String>builder("full").maxCallersPerFlight(2).build();
        var source = new CompletableFuture<String>();
        group.loadAsync("key", key -> source);
        var first = group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh"));
        var second = group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh"));

        assertThatThrownBy(() -> group.loadFresh("key", key -> "fresh")).isInstanceOf(LoadRejectedException.class);
        assertThatThrownBy(group.loadFreshAsync("key", key -> source)::join)
                .hasCauseInstanceOf(LoadRejectedException.class);

        source.complete("old");
        assertThat(first.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("fresh");
        assertThat(second.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("fresh");
    }

    @Test
    void G13_neverMoreFlightsThanAllowed() throws Exception {
        var group = Group.<Integer, String>builder("full").maxFlights(3).build();
        var running = new java.util.concurrent.atomic.AtomicInteger();
        var most = new java.util.concurrent.atomic.AtomicInteger();
        var calls = new java.util.ArrayList<Callers.Call<Object>>();
        for (int t = 0; t < 8; t++) {
            int thread = t;
            calls.add(Callers.onThread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    try {
                        group.load(thread * 10 + i % 10, key -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            Thread.yield();
                            running.decrementAndGet();
                            return "value";
                        });
                    } catch (LoadRejectedException e) {
                        Thread.yield();
                    }
                }
                return null;
            }));
        }

        calls.forEach(Callers.Call::get);

        assertThat(most.get()).isBetween(1, 3);
        group.load(1, key -> "room");
    }

    static java.util.List<Kind> kinds() {
        return Kind.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G15_close_cancelsWhatIsInFlight_andReleasesEveryCaller(Kind leader) {
        var group = Group.<String, String>create("closing");
        var gate = new Gate<String>();
        var first = leader.call(group, "key", gate);
        gate.awaitEntered();
        var others = Callers.mixed(8, group, "key", gate);
        Callers.awaitCallers(group, "key", 9);
        var fresh = Callers.onThread(() -> group.loadFresh("key", key -> "fresh"));
        Callers.awaitParked(fresh.thread());

        group.close();

        assertThat(first.failure()).isInstanceOf(CancellationException.class);
        assertThat(others).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(CancellationException.class));
        assertThat(fresh.failure()).isInstanceOf(IllegalStateException.class);
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G15_close_leavesNoInterruptBehindOnTheLeadersThread() {
        var group = Group.<String, String>create("closing");
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> {
            try {
                return group.load("key", gate);
            } catch (CancellationException e) {
                assertThat(e).hasMessageContaining("key 'key' of group 'closing'");
                return "interrupted " + Thread.currentThread().isInterrupted();
            }
        });
        gate.awaitEntered();

        group.close();

        assertThat(leader.get()).isEqualTo("interrupted false");
    }

    @Test
    void G15_close_takesBackAnInterruptThatTheLoadDidNotMind() {
        var group = Group.<String, String>create("closing");
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> {
            try {
                return group.load("key", key -> {
                    entered.countDown();
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                    return "too late";
                });
            } catch (CancellationException e) {
                return "interrupted " + Thread.currentThread().isInterrupted();
            }
        });
        Callers.awaitTrue(() -> entered.getCount() == 0);

        group.close();

        assertThat(leader.get()).isEqualTo("interrupted false");
    }

    @Test
    void G15_aClosedGroup_refusesNewCallers() {
        var group = Group.<String, String>create("closed");
        group.close();
        group.close();

        assertThatThrownBy(() -> group.load("key", key -> "value"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'closed'");
        assertThatThrownBy(() -> group.loadFresh("key", key -> "value")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> group.loadAsync("key", key -> new CompletableFuture<>()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> group.supplyAsync("key", key -> "value")).isInstanceOf(IllegalStateException.class);
        assertThat(group.forget("key")).isFalse();
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G15_aForgottenFlight_isCancelledToo() {
        var group = Group.<String, String>create("closing");
        var source = new CompletableFuture<String>();
        var call = group.loadAsync("key", key -> source);
        group.forget("key");

        group.close();

        assertThat(call).isCancelled();
        assertThat(source).isCancelled();
    }

    @Test
    void G15_close_leavesNoThreadBehind() {
        var group = Group.<Integer, String>builder("no threads left")
                .loadTimeout(Duration.ofMinutes(1))
                .callerTimeout(Duration.ofMinutes(1))
                .build();
        for (int i = 0; i < 10; i++) {
            group.supplyAsync(i, key -> {
                new CountDownLatch(1).await();
                return "never";
            });
        }
        var atWork = group.supplyAsync(11, key -> "value");
        atWork.join();

        group.close();

        Callers.awaitTrue(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("skein-no threads left")));
    }

    @Test
    void G15_close_leavesTheUsersExecutorAlone() {
        var pool = Executors.newSingleThreadExecutor();
        var group = Group.<String, String>builder("closing").executor(pool).build();
        group.load("key", key -> "value");

        group.close();

        assertThat(pool.isShutdown()).isFalse();
        pool.shutdown();
    }

    /** A caller that arrives while the group closes is refused, or cancelled, or served; it never hangs, and no flight is left. */
    @RepeatedTest(1_000)
    void G15_aTakeOffDuringClose() throws Exception {
        var group = Group.<String, String>create("closing");
        var barrier = new CyclicBarrier(3);
        var blocking = Callers.onThread(() -> {
            barrier.await();
            return group.load("a", new Gate<>());
        });
        var async = Callers.onThread(() -> {
            barrier.await();
            try {
                return group.loadAsync("b", key -> new CompletableFuture<>()).get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) { // closed between its arrival and its take-off
                throw e.getCause();
            }
        });

        barrier.await();
        group.close();

        assertThat(blocking.failure()).isInstanceOf(IllegalStateException.class);
        assertThat(async.failure()).isInstanceOf(IllegalStateException.class);
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G15_close_reachesFlightsThatAreForgottenMeanwhile() {
        for (int round = 0; round < 50; round++) {
            var group = Group.<Integer, String>create("closing");
            var calls = IntStream.range(0, 4)
                    .mapToObj(key -> group.loadAsync(key, k -> new CompletableFuture<>()))
                    .toList();
            calls.forEach(call ->
                    call.whenComplete((value, failure) -> IntStream.range(0, 4).forEach(group::forget)));

            group.close();

            assertThat(calls).allSatisfy(call -> assertThat(call).isCancelled());
            assertThat(group.table().isEmpty()).isTrue();
        }
    }

    /** Flights are forgotten by another thread while the group closes. */
    @RepeatedTest(300)
    void G15_forgetDuringClose() throws Exception {
        var group = Group.<Integer, String>create("closing");
        var calls = IntStream.range(0, 8)
                .mapToObj(key -> group.loadAsync(key, k -> new CompletableFuture<>()))
                .toList();
        var barrier = new CyclicBarrier(2);
        var forgetting = Callers.onThread(() -> {
            barrier.await();
            for (int key = 7; key >= 0; key--) {
                group.forget(key);
            }
            return "done";
        });

        barrier.await();
        group.close();

        assertThat(calls).allSatisfy(call -> assertThat(call).isCancelled());
        forgetting.get();
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G15_stagesThatCannotBeCancelled_andKeysThatCannotBePrinted_hinderNobodysRelease() {
        var group = Group.<Object, String>create("closing");
        var calls = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 5; i++) {
            for (var stage : LeavingRacesTest.stagesThatCannotBeCancelled()) {
                calls.add(group.loadAsync("key " + calls.size(), key -> stage));
            }
        }
        for (var key : TimeTest.Unprintable.values()) {
            calls.add(group.loadAsync(key, k -> new CompletableFuture<>()));
        }

        group.close();

        assertThat(calls).allSatisfy(call -> assertThat(call.isCancelled()).isTrue());
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G13_anAbandonedFlightWhoseKeyCannotBePrinted_makesRoom() {
        var group = Group.<Object, String>builder("full").maxFlights(1).build();

        for (var key : TimeTest.Unprintable.values()) {
            assertThat(group.loadAsync(key, k -> new CompletableFuture<>()).cancel(true))
                    .isTrue();
            assertThat(group.load("key", k -> "value")).isEqualTo("value");
        }
    }

    @Test
    void G15_keysThatBreak_hinderNobodysRelease() throws Exception {
        var group = Group.<FailureTest.Breakable, String>create("closing");
        var keys = Stream.generate(FailureTest.Breakable::new).limit(5).toList();
        var calls = keys.stream()
                .map(key -> group.loadAsync(key, k -> new CompletableFuture<>()))
                .toList();

        FailureTest.mutingTheGroup(() -> {
            keys.get(1).broken = true;
            keys.get(3).broken = true;
            group.close();
        });

        assertThat(calls).allSatisfy(call -> assertThat(call).isCancelled());
    }
}
