package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers.Call;
import io.skein.Callers.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** G1 one flight, G2 nothing remembered, G3 shared. */
class OneFlightTest {
    private final Group<String, String> group = Group.create("group");

    @ParameterizedTest
    @MethodSource("kinds")
    void G1_callersThatArriveBeforeTheLanding_shareOneLoad(Kind leader) {
        var gate = new Gate<String>();

        var first = leader.call(group, "key", gate);
        gate.awaitEntered();
        var others = Callers.mixed(99, group, "key", gate);
        Callers.awaitCallers(group, "key", 100);
        gate.open();

        assertThat(first.get()).isEqualTo("value");
        assertThat(others).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(group.flights()).isEmpty();
    }

    static java.util.List<Kind> kinds() {
        return Kind.all();
    }

    @Test
    void G1_thousandPlatformThreads_oneLoad() {
        var gate = new Gate<String>();

        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(Kind.PLATFORM.call(group, "key", gate));
        }
        Callers.awaitCallers(group, "key", 1_000);
        gate.open();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    @Timeout(120)
    void G1_hundredThousandVirtualThreads_oneLoad() throws Exception {
        VirtualThreads.assumeAvailable();
        var gate = new Gate<String>();
        var right = new AtomicInteger();
        var done = new CountDownLatch(100_000);

        for (int i = 0; i < 100_000; i++) {
            VirtualThreads.FACTORY
                    .newThread(() -> {
                        if (group.load("key", gate).equals("value")) {
                            right.incrementAndGet();
                        }
                        done.countDown();
                    })
                    .start();
        }
        Callers.awaitCallers(group, "key", 100_000);
        gate.open();

        done.await();
        assertThat(right).hasValue(100_000);
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G1_differentKeys_doNotWaitForEachOther() {
        var slow = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "slow", slow);
        slow.awaitEntered();

        assertThat(group.load("other", key -> "fast")).isEqualTo("fast");

        slow.open();
        assertThat(call.get()).isEqualTo("value");
    }

    @Test
    void G1_aSlowLoad_doesNotDelayAnotherKeyInTheSameHashBin() {
        record Colliding(int id) {
            @Override
            public int hashCode() {
                return 7;
            }
        }
        var collisions = Group.<Colliding, String>create("collisions");
        var slow = new Gate<Colliding>();
        var call = Kind.PLATFORM.call(collisions, new Colliding(1), slow);
        slow.awaitEntered();

        assertThat(collisions.load(new Colliding(2), key -> "fast")).isEqualTo("fast");
        assertThat(collisions.forget(new Colliding(2))).isFalse();

        slow.open();
        assertThat(call.get()).isEqualTo("value");
    }

    @Test
    void G1_nullIsAValue() {
        assertThat(group.load("key", key -> null)).isNull();
        assertThat(group.loadAsync("key", key -> CompletableFuture.completedFuture(null)))
                .isCompletedWithValue(null);
        assertThat(group.loadResult("key", key -> null)).isEqualTo(new Result<>(null, false));
    }

    @Test
    void G2_callersAfterTheLanding_loadAgain() {
        var runs = new AtomicInteger();

        for (int i = 1; i <= 3; i++) {
            assertThat(group.load("key", key -> "run " + runs.incrementAndGet()))
                    .isEqualTo("run " + i);
        }

        assertThat(group.supplyAsync("key", key -> "run " + runs.incrementAndGet())
                        .join())
                .isEqualTo("run 4");
    }

    @Test
    void G2_aMillionKeys_leaveNothingBehind() {
        var numbers = Group.<Integer, Integer>create("numbers");

        for (int i = 0; i < 1_000_000; i++) {
            assertThat((int) numbers.load(i, key -> key + 1)).isEqualTo(i + 1);
        }

        assertThat(numbers.flights()).isEmpty();
        assertThat(numbers.table().isEmpty()).isTrue();
        assertThat(numbers.table().isEmpty()).isTrue();
    }

    @RepeatedTest(300)
    void G2_theKeyIsFreeWhenTheFirstCallerReturns() {
        var gate = new Gate<String>();
        var seen = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 3; i++) {
            var call = Callers.onThread(() -> {
                group.load("key", gate);
                return group.flights().isEmpty();
            });
            seen.add(call.outcome());
        }
        Callers.awaitCallers(group, "key", 3);

        gate.open();

        assertThat(seen).allSatisfy(empty -> assertThat(empty.join()).isTrue());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G3_sharedIsFalseForACallerAlone(Kind ignored) {
        assertThat(group.loadResult("key", key -> "value").shared()).isFalse();
        assertThat(group.loadResultAsync("key", key -> CompletableFuture.completedFuture("value"))
                        .join()
                        .shared())
                .isFalse();
    }

    @Test
    void G3_sharedIsTheSameForLeaderAndFollowers() {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.loadResult("key", gate));
        gate.awaitEntered();
        var blocking = Callers.onThread(() -> group.loadResult("key", gate));
        var async = group.loadResultAsync("key", key -> CompletableFuture.completedFuture("not called"));
        Callers.awaitCallers(group, "key", 3);

        gate.open();

        assertThat(leader.get()).isEqualTo(new Result<>("value", true));
        assertThat(blocking.get()).isEqualTo(new Result<>("value", true));
        assertThat(async.join()).isEqualTo(new Result<>("value", true));
    }

    @Test
    void G3_aFollowerThatLeft_doesNotCount() {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.loadResult("key", gate));
        gate.awaitEntered();
        var follower = group.loadResultAsync("key", key -> CompletableFuture.completedFuture("not called"));
        follower.cancel(false);

        gate.open();

        assertThat(leader.get().shared()).isFalse();
    }

    /** A follower leaves while the flight lands: the leader's shared and what the follower got must agree. */
    @RepeatedTest(2_000)
    void G3_sharedIsExact_whenAFollowerLeavesDuringTheLanding() {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.loadResult("key", gate));
        gate.awaitEntered();
        var follower = group.loadResultAsync("key", key -> CompletableFuture.completedFuture("not called"));

        gate.open();
        boolean cancelled = follower.cancel(false);

        var result = leader.get();
        assertThat(result.shared()).isEqualTo(!cancelled);
        if (!cancelled) {
            assertThat(follower.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                            .join())
                    .isEqualTo(result);
        }
    }

    @Test
    void flights_showKeyAgeCallersAndThread() {
        var time = new java.util.concurrent.atomic.AtomicLong();
        var timed = Group.<String, String>builder("timed").ticker(time::get).build();
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> timed.load("key", gate));
        gate.awaitEntered();
        time.addAndGet(Duration.ofSeconds(5).toNanos());

        var flights = timed.flights();

        assertThat(flights).containsExactly(new FlightSnapshot<>("key", Duration.ofSeconds(5), 1, leader.thread()));
        gate.open();
        leader.get();
    }
}
