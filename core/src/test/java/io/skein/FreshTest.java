package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Call;
import io.skein.Callers.Kind;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G12 fresh reads. */
class FreshTest {
    private final Group<String, String> group = Group.create("group");

    @Test
    void G12_freshCallers_neverJoinTheFlightInProgress_andShareTheNext() {
        var old = new Gate<String>("old");
        var next = new Gate<String>("next");
        var leader = Kind.PLATFORM.call(group, "key", old);
        old.awaitEntered();

        var fresh = new ArrayList<Call<String>>();
        for (int i = 0; i < 5; i++) {
            fresh.add(Callers.onThread(() -> group.loadFresh("key", next)));
        }
        fresh.forEach(call -> Callers.awaitParked(call.thread()));
        var async = group.loadFreshAsync("key", key -> CompletableFuture.supplyAsync(() -> load(next, key)));
        Callers.awaitCallers(group, "key", 1);
        assertThat(next.runs()).isZero();
        old.open();

        assertThat(leader.get()).isEqualTo("old");
        Callers.awaitCallers(group, "key", 6);
        next.open();
        assertThat(fresh).allSatisfy(call -> assertThat(call.get()).isEqualTo("next"));
        assertThat(async.join()).isEqualTo("next");
        assertThat(old.runs()).isEqualTo(1);
        assertThat(next.runs()).isEqualTo(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G12_withoutAFlight_aFreshLoadTakesOffAtOnce() {
        assertThat(group.loadFresh("key", key -> "value")).isEqualTo("value");
        assertThat(group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("value")))
                .isCompletedWithValue("value");
    }

    @Test
    void G12_aForgottenFlight_isNotWaitedFor() {
        var old = new Gate<String>("old");
        var leader = Kind.PLATFORM.call(group, "key", old);
        old.awaitEntered();
        var waiting = Callers.onThread(() -> group.loadFresh("key", key -> "fresh"));
        Callers.awaitParked(waiting.thread());
        var async = group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh"));

        group.forget("key");

        assertThat(waiting.get()).isEqualTo("fresh");
        assertThat(async.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("fresh");
        old.open();
        leader.get();
    }

    @Test
    void G12_aFreshCallerMayGiveUp() {
        var old = new Gate<String>("old");
        var leader = Kind.PLATFORM.call(group, "key", old);
        old.awaitEntered();
        var waiting = Callers.onThread(() -> group.loadFresh("key", key -> "fresh"));
        Callers.awaitParked(waiting.thread());
        var async = group.loadFreshAsync("key", key -> {
            throw new AssertionError("called for a caller that has left");
        });

        waiting.thread().interrupt();
        async.cancel(true);

        assertThat(waiting.failure()).isInstanceOf(CallerInterruptedException.class);
        old.open();
        assertThat(leader.get()).isEqualTo("old");
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G12_aFailedFlight_isGoneAsWell() {
        var open = new CountDownLatch(1);
        var leader = Kind.PLATFORM.call(group, "key", key -> {
            open.await();
            throw new IllegalStateException("down");
        });
        Callers.awaitCallers(group, "key", 1);
        var fresh = Callers.onThread(() -> group.loadFresh("key", key -> "fresh"));
        Callers.awaitParked(fresh.thread());

        open.countDown();

        assertThatThrownBy(leader::get).hasMessage("down");
        assertThat(fresh.get()).isEqualTo("fresh");
    }

    @Test
    void G12_anAbandonedFlight_isGoneAsWell() {
        var source = new CompletableFuture<String>();
        var only = group.loadAsync("key", key -> source);
        var fresh = group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh"));

        only.cancel(true);

        assertThat(fresh.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("fresh");
    }

    /** Its flight is in the table, and it leaves before its load has started: whoever joined meanwhile has to load. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void G12_aFreshCallerThatLeavesAtItsTakeOff_leavesNoFlightWithoutALoad(boolean cancelWhenAbandoned) {
        var fresh = new AtomicReference<CompletableFuture<String>>();
        var joined = new AtomicReference<CompletableFuture<String>>();
        var groups = new AtomicReference<Group<String, String>>();
        var takeOffs = new AtomicInteger();
        var listened = Group.<String, String>builder("listened")
                .cancelWhenAbandoned(cancelWhenAbandoned)
                .listener(new FlightListener() {
                    @Override
                    public void onTakeOff(FlightEvent flight) {
                        int takeOff = takeOffs.incrementAndGet();
                        if (takeOff == 2) { // alone
                            fresh.get().cancel(true);
                        } else if (takeOff == 4) { // with a follower
                            joined.set(groups.get().supplyAsync("key", key -> "the follower's"));
                            fresh.get().cancel(true);
                        }
                    }
                })
                .build();
        groups.set(listened);
        for (int round = 0; round < 2; round++) {
            var source = new CompletableFuture<String>();
            listened.loadAsync("key", key -> source);
            fresh.set(listened.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh")));
            source.complete("old");
            assertThat(fresh.get()).isCancelled();
        }

        assertThat(joined.get().orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("the follower's");
        assertThat(listened.supplyAsync("key", key -> "next")
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isEqualTo("next");
        assertThat(listened.table().isEmpty()).isTrue();
    }

    /** The loader stamps its take-off; no fresh caller may get a stamp older than its arrival, and never two loads run at once. */
    @RepeatedTest(30)
    void G12_aStormOfFreshAndOrdinaryCallers() {
        var clock = new AtomicInteger();
        var running = new AtomicInteger();
        var loads = new AtomicInteger();
        Loader<String, Integer> loader = key -> {
            int takeOff = clock.incrementAndGet();
            assertThat(running.incrementAndGet()).as("loads at once").isEqualTo(1);
            loads.incrementAndGet();
            for (int i = 0; i < 20; i++) {
                Thread.yield();
            }
            running.decrementAndGet();
            return takeOff;
        };
        var numbers = Group.<String, Integer>create("numbers");
        var start = new CountDownLatch(1);
        var calls = new ArrayList<Call<Object>>();
        for (int i = 0; i < 100; i++) {
            boolean async = i % 3 == 0;
            calls.add(Callers.onThread(() -> {
                start.await();
                int arrival = clock.incrementAndGet();
                int stamp = async
                        ? numbers.loadFreshAsync("key", key -> CompletableFuture.supplyAsync(() -> run(loader, key)))
                                .get(30, TimeUnit.SECONDS)
                        : numbers.loadFresh("key", loader);
                assertThat(stamp).as("take-off after arrival").isGreaterThan(arrival);
                return null;
            }));
            calls.add(Callers.onThread(() -> {
                start.await();
                return numbers.load("key", loader);
            }));
        }

        start.countDown();

        calls.forEach(Call::get);
        assertThat(loads.get()).isLessThan(200);
        assertThat(numbers.table().isEmpty()).isTrue();
    }

    private static <V> V run(Loader<String, V> loader, String key) {
        try {
            return loader.load(key);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String load(Gate<String> gate, String key) {
        return run(gate, key);
    }

    @Test
    void G12_aFreshCallerThatLeft_keepsTheFlightItWaitedForNoLonger() {
        group.loadAsync("key", key -> new CompletableFuture<>());
        var fresh = group.loadFreshAsync("key", key -> new CompletableFuture<>());
        var watched = new WeakReference<>(group.table().get("key"));

        fresh.cancel(false);
        group.close();

        Callers.awaitTrue(() -> {
            System.gc();
            return watched.get() == null;
        });
        assertThat(fresh).isCancelled();
    }
}
