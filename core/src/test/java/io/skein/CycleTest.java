package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Throwables;
import io.skein.Callers.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** G11 no deadlock with oneself. */
class CycleTest {
    static List<Group<String, String>> groups() {
        var groups = new ArrayList<Group<String, String>>();
        groups.add(Group.create("leaders' threads"));
        groups.add(Group.<String, String>builder("executor")
                .executor(task -> Callers.platform(task).start())
                .build());
        groups.add(Group.<String, String>builder("own threads")
                .callerTimeout(Duration.ofMinutes(5))
                .build());
        return groups;
    }

    @ParameterizedTest
    @MethodSource("groups")
    void G11_aLoadThatWaitsForItsOwnKey_failsAtOnce(Group<String, String> group) {
        assertThatThrownBy(() -> group.load("a", a -> group.load("a", again -> "never")))
                .isInstanceOf(LoadCycleException.class)
                .hasMessageContaining("key 'a' of group '" + group.name() + "' -> key 'a'");
        assertThat(group.flights()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("groups")
    void G11_aLoadThatWaitsForItselfThroughAnother_failsAtOnce(Group<String, String> group) {
        assertThatThrownBy(() -> group.load("a", a -> group.load("b", b -> group.load("a", again -> "never"))))
                .isInstanceOf(LoadCycleException.class)
                .hasMessageContaining("'a'");
        assertThat(group.flights()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("groups")
    void G11_aLoadThatWaitsForItsOwnFuture_failsAtOnce(Group<String, String> group) throws Exception {
        assertThatThrownBy(() -> group.load(
                        "a", a -> group.supplyAsync("a", again -> "never").join()))
                .isInstanceOf(LoadCycleException.class);
        assertThatThrownBy(() -> group.load(
                        "a", a -> group.supplyAsync("a", again -> "never").get()))
                .isInstanceOf(LoadCycleException.class);
        assertThatThrownBy(() -> group.load(
                        "a", a -> group.supplyAsync("a", again -> "never").get(1, TimeUnit.HOURS)))
                .isInstanceOf(LoadCycleException.class);
    }

    @ParameterizedTest
    @MethodSource("groups")
    void G11_aLoadThatWaitsForAFreshValueOfItsOwnKey_failsAtOnce(Group<String, String> group) {
        assertThatThrownBy(() -> group.load("a", a -> group.loadFresh("a", again -> "never")))
                .isInstanceOf(LoadCycleException.class);
    }

    private static List<ThreadFactory> factories() {
        return VirtualThreads.AVAILABLE
                ? List.of(Callers::platform, VirtualThreads.FACTORY)
                : List.of(Callers::platform);
    }

    /** Each of the keys is loaded on a thread of its own, and each load waits for the next key; the last for the first. */
    private static void circle(Group<String, String> group, ThreadFactory threads, int size) throws Exception {
        var barrier = new CyclicBarrier(size);
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < size; i++) {
            var key = "key" + i;
            var next = "key" + (i + 1) % size;
            calls.add(Callers.onThread(
                    threads,
                    () -> group.load(key, k -> {
                        barrier.await();
                        return group.load(next, never -> "never");
                    })));
        }

        for (var call : calls) {
            assertThat(call.failure()).isInstanceOf(LoadCycleException.class).hasMessageContaining("->");
        }
        assertThat(group.table().isEmpty()).isTrue();
    }

    @RepeatedTest(300)
    void G11_twoThreads() throws Exception {
        for (var threads : factories()) {
            circle(Group.create("group"), threads, 2);
        }
    }

    @RepeatedTest(300)
    void G11_threeThreads() throws Exception {
        for (var threads : factories()) {
            circle(Group.create("group"), threads, 3);
        }
    }

    @RepeatedTest(100)
    void G11_onExecutorThreads() throws Exception {
        for (var group : groups()) {
            circle(group, Callers::platform, 2);
            circle(group, Callers::platform, 3);
        }
    }

    @Test
    void G11_acrossTwoGroups() throws Exception {
        var first = Group.<String, String>create("first");
        var second = Group.<String, String>create("second");
        var barrier = new CyclicBarrier(2);
        var a = Callers.onThread(() -> first.load("a", k -> {
            barrier.await();
            return second.load("b", never -> "never");
        }));
        var b = Callers.onThread(() -> second.load("b", k -> {
            barrier.await();
            return first.load("a", never -> "never");
        }));

        assertThat(a.failure()).isInstanceOf(LoadCycleException.class).hasMessageContaining("'first'");
        assertThat(b.failure()).isInstanceOf(LoadCycleException.class).hasMessageContaining("'second'");
    }

    /** Loads that merely nest, all in the same order, by many threads at once, with many waits: no false alarm. */
    @RepeatedTest(50)
    void G11_loadsThatMerelyNest_areNoCircle() {
        for (var group : groups()) {
            var calls = new ArrayList<Call<String>>();
            for (int i = 0; i < 8; i++) {
                calls.add(Callers.onThread(() -> {
                    var last = "";
                    for (int round = 0; round < 50; round++) {
                        last = group.load("a", a -> a + group.load("b", b -> b + group.load("c", c -> c)));
                        assertThat(group.load("b", b -> b + group.load("c", c -> c)))
                                .isEqualTo("bc");
                    }
                    return last;
                }));
            }
            assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("abc"));
        }
    }

    /** After a load of a key, its thread waits for that key as a follower of somebody else: no circle, though it looks alike. */
    @RepeatedTest(50)
    void G11_alternatingLeaders_areNoCircle() {
        var group = Group.<String, String>create("group");
        var calls = new ArrayList<Call<Integer>>();
        for (int i = 0; i < 4; i++) {
            var keys = i % 2 == 0 ? List.of("a", "b") : List.of("b", "a");
            calls.add(Callers.onThread(() -> {
                for (int round = 0; round < 500; round++) {
                    for (var key : keys) {
                        assertThat(group.load(key, k -> {
                                    Thread.yield();
                                    return k;
                                }))
                                .isEqualTo(key);
                    }
                }
                return 0;
            }));
        }
        calls.forEach(Call::get);
    }

    @Test
    void G11_aLoadThatForgetsItsKeyFirst_mayLoadItAgain() {
        var group = Group.<String, String>create("group");

        assertThat(group.load("a", a -> {
                    group.forget("a");
                    return group.load("a", again -> "inner");
                }))
                .isEqualTo("inner");
    }

    /** The fresh read of b waits for an old flight first, and then for one whose load waits for a. */
    @Test
    void G11_aWaitForAFutureThatMovesToAnotherFlight_isPartOfACircleToo() {
        var group = Group.<String, String>create("group");
        var old = new CompletableFuture<String>();
        group.loadAsync("b", b -> old);
        var a = Callers.onThread(() -> group.load(
                "a",
                k -> group.loadFreshAsync("b", b -> CompletableFuture.completedFuture("never"))
                        .join()));
        Callers.awaitCallers(group, "a", 1);
        Callers.awaitTrue(() -> group.table().get("b").futures().isWatching());
        Callers.awaitParked(a.thread());
        var go = new CountDownLatch(1);
        var b = Callers.onThread(() -> {
            go.await();
            return group.load("b", k -> {
                Callers.awaitCallers(group, "b", 2);
                return group.load("a", never -> "never");
            });
        });
        var toldFirst = group.loadAsync("b", k -> old); // the last to sit down is told first
        toldFirst.thenRun(() -> {
            go.countDown();
            Callers.awaitCallers(group, "b", 1); // the flight that the fresh read is going to find
        });

        old.complete("old");

        assertThat(Throwables.getRootCause(a.failure())).isInstanceOf(LoadCycleException.class);
        assertThat(Throwables.getRootCause(b.failure())).isInstanceOf(LoadCycleException.class);
        assertThat(group.table().isEmpty()).isTrue();
    }

    /** The load of a waits for b, whose load waits for a fresh a: no circle, once the old a has been forgotten. */
    @Test
    void G11_waitingForAFreshValue_ofAFlightThatIsForgottenMeanwhile_isNoCircle() throws Exception {
        var pool = Executors.newFixedThreadPool(2);
        for (int i = 0; i < 1_000; i++) {
            var group = Group.<String, String>create("group");
            var entered = new CountDownLatch(1);
            var forgotten = new AtomicBoolean();
            var waiter = new AtomicReference<Thread>();
            var a = pool.submit(() -> group.load("a", k -> {
                entered.countDown();
                while (!forgotten.get()) {
                    Thread.onSpinWait();
                }
                return group.load("b", never -> "b");
            }));
            entered.await();
            var b = pool.submit(() -> group.load("b", k -> {
                waiter.set(Thread.currentThread());
                return group.loadFresh("a", again -> "fresh");
            }));
            while (waiter.get() == null || waiter.get().getState() != Thread.State.WAITING) {
                Thread.yield();
            }

            group.forget("a");
            forgotten.set(true);

            assertThat(a.get(30, TimeUnit.SECONDS)).isIn("b", "fresh");
            assertThat(b.get(30, TimeUnit.SECONDS)).isEqualTo("fresh");
        }
        pool.shutdown();
    }

    @Test
    void G11_aLoadThatForgetsItsKey_mayWaitForAFreshValueOfIt() {
        for (int i = 0; i < 2_000; i++) {
            var group = Group.<String, String>create("group");

            var outer = group.load("a", key -> {
                var fresh = group.loadFreshAsync("a", k -> CompletableFuture.completedFuture("fresh"));
                group.forget("a"); // from here on the fresh load boards, on another thread
                return "with " + fresh.join();
            });

            assertThat(outer).isEqualTo("with fresh");
            group.close();
        }
    }

    @Test
    void G11_aVeryLongCircle_isFoundToo() throws Exception {
        int size = 1_100;
        var group = Group.<Integer, String>create("group");
        var entered = new CountDownLatch(size);
        ThreadFactory threads = task -> {
            var thread = new Thread(null, task, "test-caller", 128 * 1024);
            thread.setDaemon(true);
            return thread;
        };
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < size; i++) {
            int key = i;
            calls.add(Callers.onThread(
                    threads,
                    () -> group.load(key, k -> {
                        entered.countDown();
                        entered.await();
                        return group.load((k + 1) % size, never -> "never");
                    })));
        }

        for (var call : calls) {
            assertThat(call.failure()).isInstanceOf(LoadCycleException.class);
        }
    }

    @RepeatedTest(50)
    void G11_aCircleThroughOneOfSeveralThreadsOfALoad_isFound_thoughAnotherWaitsElsewhere() {
        var group = Group.<String, String>create("several");
        var slow = new Gate<String>();
        var elsewhere = Callers.onThread(() -> group.load("C", slow));
        slow.awaitEntered();
        var attends = new CountDownLatch(1);
        FlightLoader<String, String> a = (key, flight) -> {
            var attendant = Callers.onThread(() -> {
                flight.attendedBy(Thread.currentThread());
                attends.countDown();
                return group.load("C", slow);
            });
            attends.await();
            Callers.awaitCallers(group, "C", 2);
            var leader = Thread.currentThread();
            try {
                return group.supplyAsync(
                                "B",
                                k -> { // waits last, so that its thread has to find the circle
                                    Callers.awaitTrue(() -> LockSupport.getBlocker(leader) instanceof Waiting);
                                    return group.load("A", unused -> "unused");
                                })
                        .join();
            } finally {
                flight.unattendedBy(attendant.thread());
            }
        };

        var circle = Callers.onThread(() -> group.load("A", a));

        assertThat(circle.failure()).isInstanceOf(LoadCycleException.class);
        slow.open();
        elsewhere.get();
    }
}
