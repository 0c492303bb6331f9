package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** G4 forget, and the fence for stores that is built on it. */
class ForgetTest {
    private final Group<String, String> group = Group.create("group");

    @Test
    void G4_forgottenFlight_goesOnForItsCallers_andNobodyElseJoins() {
        var old = new Gate<String>("old");
        var fresh = new Gate<String>("new");
        var leader = Kind.PLATFORM.call(group, "key", old);
        old.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", old);
        Callers.awaitCallers(group, "key", 2);

        assertThat(group.forget("key")).isTrue();
        var newcomer = Kind.PLATFORM.call(group, "key", fresh);
        fresh.awaitEntered();
        old.open();

        assertThat(leader.get()).isEqualTo("old");
        assertThat(follower.get()).isEqualTo("old");
        fresh.open();
        assertThat(newcomer.get()).isEqualTo("new");
        assertThat(old.runs() + fresh.runs()).isEqualTo(2);
    }

    @Test
    void G4_landingOfAForgottenFlight_doesNotRemoveTheNewerOne() {
        var old = new Gate<String>("old");
        var fresh = new Gate<String>("new");
        var first = Kind.PLATFORM.call(group, "key", old);
        old.awaitEntered();
        group.forget("key");
        var second = Kind.PLATFORM.call(group, "key", fresh);
        fresh.awaitEntered();

        old.open();
        first.get();
        var third = Kind.PLATFORM.call(group, "key", key -> "third load");
        Callers.awaitCallers(group, "key", 2);
        fresh.open();

        assertThat(second.get()).isEqualTo("new");
        assertThat(third.get()).isEqualTo("new");
    }

    @Test
    void G4_forgetTellsWhetherThereWasAFlight() {
        assertThat(group.forget("key")).isFalse();
        var gate = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();

        assertThat(group.forget("key")).isTrue();
        assertThat(group.forget("key")).isFalse();

        gate.open();
        call.get();
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G4_forgetUnshared_forgetsOnlyALeaderAlone() {
        var gate = new Gate<String>();
        assertThat(group.forgetUnshared("key")).isFalse();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", gate);
        Callers.awaitCallers(group, "key", 2);

        assertThat(group.forgetUnshared("key")).isFalse();
        follower.giveUp();
        follower.failure();
        assertThat(group.forgetUnshared("key")).isTrue();

        assertThat(group.flights()).isEmpty();
        gate.open();
        assertThat(leader.get()).isEqualTo("value");
    }

    /** Whoever wins, forgetUnshared and the joiner never both do: a forgotten flight has one caller. */
    @RepeatedTest(2_000)
    void G4_forgetUnshared_isAtomicAgainstAJoiner() throws Exception {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.loadResult("key", gate));
        gate.awaitEntered();
        var barrier = new CyclicBarrier(2);
        var joiner = Callers.onThread(() -> {
            barrier.await();
            return group.supplyAsync("key", key -> "loaded by the joiner");
        });

        barrier.await();
        boolean forgotten = group.forgetUnshared("key");
        var joined = joiner.get();
        gate.open();

        assertThat(leader.get().shared()).isEqualTo(!forgotten);
        assertThat(joined.join()).isEqualTo(forgotten ? "loaded by the joiner" : "value");
    }

    @Test
    void ifCurrent_runsUnlessForgotten() {
        var ran = new AtomicInteger();
        var gate = new Gate<String>();
        Loader<String, String> storing = storing(gate, ran::incrementAndGet);

        var call = Kind.PLATFORM.call(group, "key", storing);
        gate.awaitEntered();
        gate.open();
        call.get();
        assertThat(ran).hasValue(1);

        var second = new Gate<String>();
        var forgotten = Kind.PLATFORM.call(group, "key", storing(second, ran::incrementAndGet));
        second.awaitEntered();
        group.forget("key");
        second.open();
        forgotten.get();
        assertThat(ran).hasValue(1);
    }

    @Test
    void forgetWithAction_runsTheActionWhetherOrNotThereIsAFlight() {
        var ran = new AtomicInteger();

        assertThat(group.forget("key", ran::incrementAndGet)).isFalse();

        assertThat(ran).hasValue(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void forgetWithAction_waitsForAStoreInProgress() throws Exception {
        var storing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var store = new ConcurrentHashMap<String, String>();
        var load = Kind.PLATFORM.call(group, "key", storing(gateOpen(), () -> {
            storing.countDown();
            awaitQuietly(goOn);
            store.put("key", "old");
        }));
        storing.await();

        var invalidation = Callers.onThread(() -> group.forget("key", () -> store.remove("key")));
        Callers.awaitTrue(() -> invalidation.thread().getState() == Thread.State.BLOCKED);
        goOn.countDown();

        invalidation.get();
        load.get();
        assertThat(store).isEmpty();
    }

    @Test
    void forgetWithActionThatThrows_stillForgets() {
        var gate = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();

        assertThatThrownBy(() -> group.forget("key", () -> {
                    throw new IllegalStateException("action");
                }))
                .hasMessage("action");

        assertThat(group.load("key", key -> "new")).isEqualTo("new");
        gate.open();
        assertThat(call.get()).isEqualTo("value");
        assertThat(group.table().isEmpty()).isTrue();
    }

    /** A store, a group in front of it, writers that invalidate: no value loaded before an invalidation is there after it. */
    @RepeatedTest(20)
    void theFence_holdsForAnyStoreBehindTheGroup() throws Exception {
        var source = new AtomicInteger();
        var store = new ConcurrentHashMap<String, Integer>();
        var numbers = Group.<String, Integer>create("numbers");
        var stop = new AtomicBoolean();
        FlightLoader<String, Integer> loader = (key, flight) -> {
            int loaded = source.get();
            Thread.yield();
            flight.ifCurrent(() -> store.put(key, loaded));
            return loaded;
        };
        var readers = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> Callers.onThread(() -> {
                    while (!stop.get()) {
                        if (store.get("key") == null) {
                            numbers.load("key", loader);
                        }
                    }
                    return "done";
                }))
                .toList();

        for (int i = 1; i <= 5_000; i++) {
            source.set(i);
            numbers.forget("key", () -> store.remove("key"));
            var stored = store.get("key");
            assertThat(stored == null || stored >= i)
                    .as("stored %s after write %s", stored, i)
                    .isTrue();
        }

        stop.set(true);
        readers.forEach(Callers.Call::get);
    }

    private static Gate<String> gateOpen() {
        var gate = new Gate<String>();
        gate.open();
        return gate;
    }

    private static FlightLoader<String, String> storing(Gate<String> gate, Runnable store) {
        return (key, flight) -> {
            var value = gate.load(key);
            flight.ifCurrent(store);
            return value;
        };
    }

    @Test
    void forgetWithActionThatThrows_twice_losesNobody() {
        var nanos = new AtomicLong();
        var timed = Group.<String, String>builder("timed")
                .ticker(nanos::get)
                .loadTimeout(Duration.ofSeconds(10))
                .build();
        var toTimeOut = timed.loadAsync("key", key -> new CompletableFuture<>());
        forgetBadly(timed);
        assertThat(timed.load("key", key -> "new")).isEqualTo("new");

        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThatThrownBy(() -> toTimeOut.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadTimeoutException.class);

        var toClose = timed.loadAsync("key", key -> new CompletableFuture<>());
        forgetBadly(timed);
        timed.close();
        assertThat(toClose).isCancelled();
        assertThat(timed.table().isEmpty()).isTrue();
    }

    private static void forgetBadly(Group<String, String> group) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> group.forget("key", () -> {
                        throw new IllegalStateException("store is down");
                    }))
                    .hasMessage("store is down");
            group.forget("key");
        }
    }

    /** The executor has started the load all the same: what that stores is stored before the landing, or never. */
    @Test
    void theFence_holdsBehindAnExecutorThatThrowsAfterItStartedTheTask() {
        var store = new ConcurrentHashMap<String, String>();
        var storing = new CountDownLatch(1);
        var refused = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var badly = Group.<String, String>builder("badly")
                .executor(task -> {
                    Callers.platform(() -> {
                                task.run();
                                ended.countDown();
                            })
                            .start();
                    awaitQuietly(storing);
                    refused.countDown();
                    throw new IllegalStateException("executor");
                })
                .build();
        FlightLoader<String, String> loader = (key, flight) -> {
            flight.ifCurrent(() -> {
                storing.countDown();
                awaitQuietly(goOn);
                store.put(key, "stale");
            });
            return "value";
        };
        var caller = Callers.onThread(() -> badly.load("key", loader));
        awaitQuietly(refused);
        var invalidation = Callers.onThread(() -> badly.forget("key", () -> store.remove("key")));
        Callers.awaitTrue(
                () -> invalidation.outcome().isDone() || invalidation.thread().getState() == Thread.State.BLOCKED);

        goOn.countDown();

        invalidation.get();
        caller.outcome().handle((value, failure) -> "returned").join();
        awaitQuietly(ended);
        assertThat(store).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
