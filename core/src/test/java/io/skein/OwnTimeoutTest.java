package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** G9: timeouts of single calls; and what loads can have done when theirs is over. */
class OwnTimeoutTest {
    private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

    private final AtomicLong nanos = new AtomicLong();

    private GroupBuilder<String, String> timed() {
        return Group.<String, String>builder("own").ticker(nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void G9_aBlockingCallersOwnTimeout_endsItsWaitAlone() {
        var group = timed().build();
        var gate = new Gate<String>();
        var patient = group.supplyAsync("key", gate);
        gate.awaitEntered();
        var hasty = Callers.onThread(() -> group.load("key", gate, Duration.ofSeconds(2)));
        Callers.awaitCallers(group, "key", 2);

        pass(Duration.ofSeconds(3));

        assertThat(hasty.failure())
                .isInstanceOf(CallerTimeoutException.class)
                .hasMessageContaining("the timeout of this call")
                .hasMessageContaining("key 'key' of group 'own'");
        Callers.awaitCallers(group, "key", 1);
        gate.open();
        assertThat(patient.join()).isEqualTo("value");
    }

    @Test
    void G9_aLeaderWithItsOwnTimeout_leavesWithoutItsLoad() {
        var group = timed().build();
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.load("key", gate, Duration.ofSeconds(2)));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> group.load("key", gate));
        Callers.awaitCallers(group, "key", 2);

        pass(Duration.ofSeconds(3));

        assertThat(leader.failure()).isInstanceOf(CallerTimeoutException.class);
        gate.open();
        assertThat(follower.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(1);
    }

    @RepeatedTest(100)
    void G9_futuresWithTimeoutsOfTheirOwn_inAGroupThatHasNone() {
        var group = timed().build();
        var never = new CompletableFuture<String>();
        var keeper = group.loadAsync("key", key -> never, FOR_EVER);
        var first = group.loadAsync("key", key -> never, Duration.ofMillis(50));
        var second = group.supplyAsync("key", key -> "unused", Duration.ofSeconds(60));
        Callers.awaitCallers(group, "key", 3);

        pass(Duration.ofSeconds(1));

        Callers.awaitTrue(first::isCompletedExceptionally);
        assertThat(second).isNotDone();
        pass(Duration.ofSeconds(60));
        Callers.awaitTrue(second::isCompletedExceptionally);
        assertThatThrownBy(second::join).hasCauseInstanceOf(CallerTimeoutException.class);
        assertThat(keeper).isNotDone();
        never.complete("late");
        assertThat(keeper.join()).isEqualTo("late");
    }

    @Test
    void G9_anOwnTimeoutShorterThanTheGroups_isNotKeptWaitingForIt() {
        var group = Group.<String, String>builder("own")
                .callerTimeout(Duration.ofHours(1))
                .build();
        var keeper = group.loadAsync("key", key -> new CompletableFuture<>());

        var hasty = group.loadAsync("key", key -> new CompletableFuture<>(), Duration.ofMillis(20));

        Callers.awaitTrue(hasty::isCompletedExceptionally);
        assertThat(keeper).isNotDone();
        group.close();
    }

    @Test
    void G8_aCallerThatWaitsForEver_keepsTheLoadGoing() {
        var group = timed().callerTimeout(Duration.ofSeconds(1)).build();
        var gate = new Gate<String>();
        var keeper = group.supplyAsync("key", gate, FOR_EVER);
        gate.awaitEntered();
        var caller = Callers.onThread(() -> group.load("key", gate));
        Callers.awaitCallers(group, "key", 2);

        pass(Duration.ofDays(300));

        assertThat(caller.failure()).isInstanceOf(CallerTimeoutException.class);
        gate.open();
        assertThat(keeper.join()).isEqualTo("value");
        assertThat(gate.interrupts()).isZero();
    }

    @Test
    void aTimeoutThatIsNotPositive_isRefused() {
        var group = timed().build();

        assertThatThrownBy(() -> group.load("key", key -> "value", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout must be positive, was PT0S");
    }

    @Test
    void G12_supplyFreshAsync_joinsNoFlightInProgress() {
        var group = timed().build();
        var old = new Gate<String>("old");
        var before = group.supplyAsync("key", old);
        old.awaitEntered();

        var fresh = group.supplyFreshAsync("key", key -> "new");

        assertThat(fresh).isNotDone();
        old.open();
        assertThat(before.join()).isEqualTo("old");
        assertThat(fresh.join()).isEqualTo("new");
    }

    @Test
    void G4_forgetAll_forgetsEveryFlight() {
        var group = timed().build();
        var one = group.loadAsync("one", key -> new CompletableFuture<>());
        var two = group.loadAsync("two", key -> new CompletableFuture<>());

        group.forgetAll();

        assertThat(group.flights()).isEmpty();
        assertThat(group.load("one", key -> "anew")).isEqualTo("anew");
        assertThat(one).isNotDone();
        assertThat(two).isNotDone();
        group.close();
    }

    @Test
    void G9_onTimeout_runsOnce_beforeTheKeyIsFree() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var seen = new AtomicReference<LoadTimeoutException>();
        FlightLoader<String, String> loader = (key, flight) -> {
            flight.onTimeout(e -> () -> {
                assertThat(group.flights()).as("the key is not free").isEmpty();
                assertThat(GroupProbe.inProgress(group)).hasSize(1);
                assertThat(seen.getAndSet(e)).isNull();
            });
            return new Gate<String>().load(key);
        };
        var call = group.supplyAsync("key", loader);
        Callers.awaitCallers(group, "key", 1);
        Callers.awaitTrue(() -> group.flights().get(0).leaderThread() != null);

        Callers.awaitTrue(() -> {
            pass(Duration.ofSeconds(11));
            return call.isDone();
        });

        assertThatThrownBy(call::join).hasCause(seen.get());
        assertThat(seen.get().getSuppressed()).isEmpty();
    }

    @Test
    void G9_onTimeout_doesNotRunForAForgottenFlight() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var gate = new Gate<String>();
        var ran = new AtomicReference<Throwable>();
        FlightLoader<String, String> loader = (key, flight) -> {
            flight.onTimeout(e -> () -> ran.set(e));
            return gate.load(key);
        };
        var call = group.supplyAsync("key", loader);
        gate.awaitEntered();

        group.forget("key");
        pass(Duration.ofSeconds(11));

        assertThatThrownBy(call::join).hasCauseInstanceOf(LoadTimeoutException.class);
        assertThat(ran).hasValue(null);
    }

    @Test
    void G11_aLoadThatIsAttendedByAThread_isFoundInACircle() {
        var group = timed().build();
        var promise = new CompletableFuture<String>();
        var flight = new AtomicReference<Flight<?, ?>>();
        var outer = group.loadAsync("key", new AsyncLoader<>() {
            @Override
            public CompletableFuture<String> load(String key, Flight<?, ?> own) {
                flight.set(own);
                return promise;
            }

            @Override
            public CompletableFuture<String> load(String key) {
                throw new AssertionError("needs its flight");
            }
        });

        flight.get().attendedBy(Thread.currentThread());
        assertThatThrownBy(() -> group.load("key", key -> "inner")).isInstanceOf(LoadCycleException.class);
        flight.get().unattendedBy(Thread.currentThread());

        promise.complete("value");
        assertThat(outer.join()).isEqualTo("value");
    }
}
