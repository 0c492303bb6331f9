package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Kind;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import io.skein.event.FlightOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What listeners are told, to the letter. */
class ListenerTest {

    private static final class Diary implements FlightListener {
        final List<String> entries = new CopyOnWriteArrayList<>();

        @Override
        public void onTakeOff(FlightEvent flight) {
            entries.add("take-off " + flight.flight() + " " + flight.key() + " " + flight.callers());
        }

        @Override
        public void onJoin(FlightEvent flight) {
            entries.add("join " + flight.flight() + " " + flight.callers());
        }

        @Override
        public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
            entries.add("landing " + flight.flight() + " " + outcome + " " + flight.callers()
                    + (failure == null ? "" : " " + failure.getMessage()));
        }

        @Override
        public void onForget(FlightEvent flight) {
            entries.add("forget " + flight.flight());
        }

        @Override
        public void onAbandon(FlightEvent flight) {
            entries.add("abandon " + flight.flight());
        }

        @Override
        public void onHandOver(FlightEvent flight) {
            entries.add("hand-over " + flight.flight() + " " + flight.callers());
        }

        @Override
        public void onReject(String group, Object key) {
            entries.add("reject " + group + " " + key);
        }
    }

    private final Diary diary = new Diary();

    private GroupBuilder<String, String> observed() {
        return Group.<String, String>builder("observed").listener(diary);
    }

    @Test
    void successAndJoin() {
        var group = observed().build();
        var source = new CompletableFuture<String>();

        group.loadAsync("key", key -> source);
        group.loadAsync("key", key -> source);
        source.complete("value");

        assertThat(diary.entries).containsExactly("take-off 1 key 1", "join 1 2", "landing 1 SUCCESS 2");
    }

    @Test
    void failure() {
        var group = observed().build();

        assertThatThrownBy(() -> group.load("key", key -> {
                    throw new IllegalStateException("down");
                }))
                .hasMessage("down");

        assertThat(diary.entries).containsExactly("take-off 1 key 1", "landing 1 FAILURE 1 down");
    }

    @Test
    void forgottenAndItsSuccessor() {
        var group = observed().build();
        var source = new CompletableFuture<String>();

        group.loadAsync("key", key -> source);
        group.forget("key");
        group.load("key", key -> "new");
        source.complete("old");

        assertThat(diary.entries)
                .containsExactly(
                        "take-off 1 key 1",
                        "forget 1",
                        "take-off 2 key 1",
                        "landing 2 SUCCESS 1",
                        "landing 1 FORGOTTEN 1");
    }

    @Test
    void abandoned() {
        var group = observed().build();

        group.loadAsync("key", key -> new CompletableFuture<>()).cancel(true);

        assertThat(diary.entries).containsExactly("take-off 1 key 1", "abandon 1", "landing 1 CANCELLED 0");
    }

    @Test
    void handedOver() {
        var group = observed().build();
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", key -> "second");
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(follower.get()).isEqualTo("second");
        leader.failure();
        assertThat(diary.entries)
                .containsExactly(
                        "take-off 1 key 1",
                        "join 1 2",
                        "hand-over 1 2",
                        "landing 1 HANDED_OVER 2",
                        "take-off 2 key 1",
                        "landing 2 SUCCESS 1");
    }

    @Test
    void timeout() {
        var time = new AtomicLong();
        var group =
                observed().ticker(time::get).loadTimeout(Duration.ofSeconds(1)).build();
        var call = group.loadAsync("key", key -> new CompletableFuture<>());

        time.addAndGet(Duration.ofSeconds(2).toNanos());
        Callers.awaitTrue(call::isDone);

        assertThat(diary.entries).hasSize(2).last().asString().startsWith("landing 1 TIMEOUT 1 loadTimeout PT1S");
    }

    @Test
    void rejections() {
        var full = observed().maxFlights(1).build();
        var first = full.loadAsync("a", key -> new CompletableFuture<>());
        full.supplyAsync("b", key -> "value");
        first.cancel(true);
        assertThat(diary.entries).contains("reject observed b");

        diary.entries.clear();
        var noThreads = observed()
                .executor(task -> {
                    throw new RejectedExecutionException("no threads");
                })
                .build();
        noThreads.supplyAsync("key", key -> "value");
        Callers.awaitTrue(() -> diary.entries.size() == 2);
        assertThat(diary.entries).containsExactly("take-off 1 key 1", "landing 1 REJECTED 1 no threads");
    }

    @Test
    void closing() {
        var group = observed().build();
        group.loadAsync("key", key -> new CompletableFuture<>());

        group.close();

        assertThat(diary.entries).hasSize(2).last().asString().startsWith("landing 1 CANCELLED 1 the group was closed");
    }

    /** Fails in everything it is told. */
    private static final class Broken implements FlightListener {
        @Override
        public void onTakeOff(FlightEvent flight) {
            throw new IllegalStateException("broken listener");
        }

        @Override
        public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
            throw new StackOverflowError("broken listener");
        }
    }

    @Test
    void aListenerThatThrows_hurtsNobody_andIsLoggedOnce() {
        var records = new CopyOnWriteArrayList<LogRecord>();
        var log = Logger.getLogger(FlightListener.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                records.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        try {
            var group = Group.<String, String>builder("group")
                    .listener(new Broken())
                    .listener(diary)
                    .build();

            for (int i = 0; i < 3; i++) {
                assertThat(group.load("key", key -> "value")).isEqualTo("value");
            }

            assertThat(records).hasSize(1);
            assertThat(records.get(0).getMessage()).contains(Broken.class.getName());
            assertThat(diary.entries).hasSize(6);
        } finally {
            log.setUseParentHandlers(true);
            log.removeHandler(handler);
        }
    }

    @Test
    void aListenerMayCallTheGroup() {
        var groups = new CopyOnWriteArrayList<Group<String, String>>();
        var group = Group.<String, String>builder("group")
                .listener(new FlightListener() {
                    @Override
                    public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
                        if (flight.key().equals("key")) {
                            groups.get(0).load("other", key -> "from the listener");
                            groups.get(0).forget("key");
                        }
                    }
                })
                .build();
        groups.add(group);

        assertThat(group.load("key", key -> "value")).isEqualTo("value");
    }

    /** The moment of a hand-over: no load runs, and nobody has been woken to start one. */
    private void atHandOver(
            GroupBuilder<String, String> builder, BiConsumer<Group<String, String>, CompletableFuture<String>> act) {
        var atHandOver = new CompletableFuture<Runnable>();
        var group = builder.listener(new FlightListener() {
                    @Override
                    public void onHandOver(FlightEvent flight) {
                        atHandOver.join().run();
                    }
                })
                .build();
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var follower = group.loadAsync("key", key -> CompletableFuture.completedFuture("second"));
        atHandOver.complete(() -> act.accept(group, follower));

        leader.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(follower).isCompletedExceptionally();
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void handedOverAndAbandonedBeforeASuccessorTookOff_landsOnce() {
        atHandOver(observed(), (group, follower) -> follower.cancel(true));

        assertThat(diary.entries)
                .containsExactly(
                        "take-off 1 key 1", "join 1 2", "hand-over 1 2", "abandon 1", "landing 1 HANDED_OVER 2");
    }

    @Test
    void handedOverAndClosedBeforeASuccessorTookOff_landsOnce() {
        atHandOver(observed(), (group, follower) -> group.close());

        assertThat(diary.entries)
                .containsExactly("take-off 1 key 1", "join 1 2", "hand-over 1 2", "landing 1 HANDED_OVER 2");
    }

    /** Leader and follower are interrupted at once: whoever is first, each take-off has one landing, with its number. */
    @RepeatedTest(300)
    void eachTakeOffHasOneLanding_alsoIfSuccessorsAreInterruptedAsWell() {
        var group = observed().build();
        var first = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", first);
        first.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", new Gate<>());
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();
        follower.thread().interrupt();

        leader.failure();
        follower.failure();
        var landings = numbersOf("landing");
        assertThat(landings).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(numbersOf("take-off"));
    }

    private List<String> numbersOf(String event) {
        return diary.entries.stream()
                .filter(entry -> entry.startsWith(event))
                .map(entry -> entry.split(" ")[1])
                .toList();
    }

    @Test
    void aListenerThatTakesItsTimeOverAnAbandonment_doesNotKeepTheLoadRunning() {
        var release = new CountDownLatch(1);
        var group = Group.<String, String>builder("group")
                .listener(new FlightListener() {
                    @Override
                    public void onAbandon(FlightEvent flight) {
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                })
                .build();
        var gate = new Gate<String>();
        var call = group.supplyAsync("key", gate);
        gate.awaitEntered();

        var leaving = Callers.onThread(() -> call.cancel(true));

        Callers.awaitTrue(() -> gate.interrupts() == 1);
        release.countDown();
        assertThat(leaving.get()).isTrue();
    }

    @Test
    void aTickerThatFails_stopsNoLandingOfAGroupWithAListener() {
        var broken = new AtomicBoolean();
        var landings = new ConcurrentLinkedQueue<FlightOutcome>();
        var group = Group.<String, String>builder("group")
                .ticker(() -> {
                    if (broken.get()) {
                        throw new IllegalStateException("ticker");
                    }
                    return 0;
                })
                .listener(new FlightListener() {
                    @Override
                    public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
                        landings.add(outcome);
                    }
                })
                .build();

        var value = group.load("key", key -> {
            broken.set(true);
            return "value";
        });

        assertThat(value).isEqualTo("value");
        assertThat(landings).containsExactly(FlightOutcome.SUCCESS);
        assertThat(group.table().isEmpty()).isTrue();
    }

    // Entering and leaving the loader

    private static final class Doorkeeper implements FlightListener {
        final List<String> entries = new CopyOnWriteArrayList<>();

        @Override
        public void onTakeOff(FlightEvent flight) {
            entries.add("take-off " + flight.flight());
        }

        @Override
        public void onTakeOver(FlightEvent flight) {
            entries.add("take-over " + flight.flight());
        }

        @Override
        public void onEnter(FlightEvent flight) {
            entries.add("enter " + flight.flight() + here());
        }

        @Override
        public void onExit(FlightEvent flight) {
            entries.add("exit " + flight.flight() + here());
        }

        @Override
        public void onLanding(FlightEvent flight, FlightOutcome outcome, Throwable failure) {
            entries.add("landing " + flight.flight());
        }

        private static String here() {
            return Thread.currentThread().getName().equals("test-caller") ? " on a caller's" : " elsewhere";
        }
    }

    private final Doorkeeper doorkeeper = new Doorkeeper();

    private GroupBuilder<String, String> kept() {
        return Group.<String, String>builder("kept").listener(doorkeeper);
    }

    @Test
    void enterAndExit_onTheLeadersThread_alsoOfALoadThatFails() {
        var group = kept().build();

        Callers.onThread(() -> group.load("key", key -> "value")).get();
        Callers.onThread(() -> group.load("key", key -> {
                    throw new IllegalStateException("down");
                }))
                .failure();

        assertThat(doorkeeper.entries)
                .containsExactly(
                        "take-off 1",
                        "enter 1 on a caller's",
                        "exit 1 on a caller's",
                        "landing 1",
                        "take-off 2",
                        "enter 2 on a caller's",
                        "exit 2 on a caller's",
                        "landing 2");
    }

    @Test
    void enterAndExit_onTheExecutor_andAroundTheCallOfAnAsynchronousLoader() {
        var group = kept().build();

        group.supplyAsync("key", key -> "value").join();
        Callers.onThread(() -> group.loadAsync("key", key -> CompletableFuture.completedFuture("value"))
                        .join())
                .get();

        assertThat(doorkeeper.entries)
                .containsExactly(
                        "take-off 1",
                        "enter 1 elsewhere",
                        "exit 1 elsewhere",
                        "landing 1",
                        "take-off 2",
                        "enter 2 on a caller's",
                        "exit 2 on a caller's",
                        "landing 2");
    }

    @Test
    void whoWasToldOfTheEntryLast_isToldOfTheExitFirst() {
        var order = new CopyOnWriteArrayList<String>();
        record Scope(String name, List<String> order) implements FlightListener {
            @Override
            public void onEnter(FlightEvent flight) {
                order.add("enter " + name);
            }

            @Override
            public void onExit(FlightEvent flight) {
                order.add("exit " + name);
            }
        }
        var group = Group.<String, String>builder("nested")
                .listener(new Scope("outer", order))
                .listener(new Scope("inner", order))
                .build();

        group.load("key", key -> "value");

        assertThat(order).containsExactly("enter outer", "enter inner", "exit inner", "exit outer");
    }

    @RepeatedTest(20)
    void exit_ofALoadThatTimedOut_isToldWhenItsThreadLeaves() {
        var open = new CountDownLatch(1);
        var group = kept().loadTimeout(Duration.ofMillis(10)).build();

        assertThatThrownBy(() -> group.load("key", key -> {
                    while (open.getCount() > 0) {
                        try {
                            open.await();
                        } catch (InterruptedException e) {
                            // deaf
                        }
                    }
                    return "late";
                }))
                .isInstanceOf(LoadTimeoutException.class);

        Callers.awaitTrue(() -> doorkeeper.entries.contains("landing 1"));
        assertThat(doorkeeper.entries).containsExactly("take-off 1", "enter 1 elsewhere", "landing 1");
        open.countDown();
        Callers.awaitTrue(() -> doorkeeper.entries.contains("exit 1 elsewhere"));
        assertThat(doorkeeper.entries).hasSize(4);
    }

    @RepeatedTest(20)
    void aTakeOver_isNoTakeOff() {
        var group = kept().build();
        var first = new Gate<String>();
        var second = new Gate<String>();
        var leader = Callers.onThread(() -> group.load("key", first));
        first.awaitEntered();
        var follower = Callers.onThread(() -> group.load("key", second));
        Callers.awaitCallers(group, "key", 2);

        leader.giveUp();
        second.awaitEntered();
        second.open();
        follower.get();

        assertThat(doorkeeper.entries)
                .containsExactly(
                        "take-off 1",
                        "enter 1 on a caller's",
                        "exit 1 on a caller's",
                        "landing 1",
                        "take-over 2",
                        "enter 2 on a caller's",
                        "exit 2 on a caller's",
                        "landing 2");
    }
}
