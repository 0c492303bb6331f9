package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.Callers.Kind;
import io.skein.event.FlightEvent;
import io.skein.event.FlightListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** G9 time, G14 the steward: on a ticker that only the test moves. */
class TimeTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // it wraps around on the way

    private GroupBuilder<String, String> timed() {
        return Group.<String, String>builder("timed").ticker(nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    static List<Kind> kinds() {
        return Kind.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G9_callerTimeout_countsFromEachCallersOwnArrival(Kind kind) {
        var group = timed().callerTimeout(Duration.ofSeconds(10)).build();
        var gate = new Gate<String>();
        var early = kind.call(group, "key", gate);
        gate.awaitEntered();
        Callers.awaitCallers(group, "key", 1);
        pass(Duration.ofSeconds(6));
        var late = kind.call(group, "key", gate);
        Callers.awaitCallers(group, "key", 2);

        pass(Duration.ofSeconds(6));

        assertThat(early.failure())
                .isInstanceOf(CallerTimeoutException.class)
                .hasMessageContaining("callerTimeout PT10S")
                .hasMessageContaining("key 'key' of group 'timed'");
        Callers.awaitCallers(group, "key", 1);
        gate.open();
        assertThat(late.get()).isEqualTo("value");
        assertThat(gate.runs()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G9_loadTimeout_failsAllCallers_cancelsTheLoad_andFreesTheKey(Kind kind) {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var gate = new Gate<String>();
        var first = kind.call(group, "key", gate);
        gate.awaitEntered();
        var others = Callers.mixed(4, group, "key", gate);
        Callers.awaitCallers(group, "key", 5);

        pass(Duration.ofSeconds(11));

        assertThat(first.failure())
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessageContaining("loadTimeout PT10S")
                .hasMessageContaining("key 'key' of group 'timed'");
        assertThat(others).allSatisfy(call -> assertThat(call.failure()).isSameAs(first.failure()));
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(group.flights()).isEmpty();
        assertThat(group.load("key", key -> "healthy")).isEqualTo("healthy");
    }

    @Test
    void G9_loadTimeout_tellsWhereTheLoadWas() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var gate = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();

        pass(Duration.ofSeconds(11));

        assertThat(call.failure().getCause().getStackTrace())
                .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(Gate.class.getName()));
    }

    @Test
    void G9_aLoaderThatNeverCompletesItsFuture_isTimedOutAndCancelled() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var never = new CompletableFuture<String>();
        var call = group.loadAsync("key", key -> never);

        pass(Duration.ofSeconds(11));

        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(never::isCancelled);
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G9_aForgottenLoad_isTimedOutToo() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var gate = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        group.forget("key");

        pass(Duration.ofSeconds(11));

        assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G9_aDeafLoad_blocksItsKeyNoLongerThanTheTimeout() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        var release = new CountDownLatch(1);
        var call = Kind.PLATFORM.call(group, "key", key -> {
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return "too late";
        });
        Callers.awaitCallers(group, "key", 1);

        pass(Duration.ofSeconds(11));

        assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(group.load("key", key -> "healthy")).isEqualTo("healthy");
        release.countDown();
    }

    @Test
    void G9_laterFlights_areWatchedAsWell() {
        var group = timed().loadTimeout(Duration.ofSeconds(10)).build();
        for (int i = 0; i < 5; i++) {
            assertThat(group.load("key", key -> "value")).isEqualTo("value");
            pass(Duration.ofSeconds(60));
        }
        var gate = new Gate<String>();
        var call = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();

        pass(Duration.ofSeconds(11));

        assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
    }

    @Test
    void G9_onTheSystemsClock_timeoutsComeByThemselves() {
        var group = Group.<String, String>builder("real")
                .loadTimeout(Duration.ofMillis(100))
                .build();
        var gate = new Gate<String>();
        long start = System.nanoTime();

        var calls = Callers.mixed(8, group, "key", gate);

        assertThat(calls).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private record Stuck(FlightEvent flight, StackTraceElement[] stack) {}

    private static final class Reports implements FlightListener {
        private final ConcurrentLinkedQueue<Stuck> reports = new ConcurrentLinkedQueue<>();

        @Override
        public void onStuck(FlightEvent flight, StackTraceElement[] stack) {
            reports.add(new Stuck(flight, stack));
        }
    }

    @Test
    void G14_aStuckFlight_isReportedOnce_withKeyAgeCallersAndStack() {
        var reports = new Reports();
        var group = timed().stuckAfter(Duration.ofSeconds(10)).listener(reports).build();
        var gate = new Gate<String>();
        var leader = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();
        var follower = Kind.PLATFORM.call(group, "key", gate);
        Callers.awaitCallers(group, "key", 2);

        pass(Duration.ofSeconds(12));
        Callers.awaitTrue(() -> !reports.reports.isEmpty());
        pass(Duration.ofSeconds(60));
        var other = new Gate<String>();
        var second = Kind.PLATFORM.call(group, "other", other);
        other.awaitEntered();
        pass(Duration.ofSeconds(12));
        Callers.awaitTrue(() -> reports.reports.size() == 2); // the steward has come by again

        var report = reports.reports.peek();
        assertThat(report.flight().key()).isEqualTo("key");
        assertThat(report.flight().group()).isEqualTo("timed");
        assertThat(report.flight().callers()).isEqualTo(2);
        assertThat(report.flight().age()).isEqualTo(Duration.ofSeconds(12));
        assertThat(report.stack())
                .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(Gate.class.getName()));
        assertThat(reports.reports).extracting(stuck -> stuck.flight().key()).containsExactly("key", "other");
        gate.open();
        other.open();
        assertThat(leader.get()).isEqualTo("value");
        assertThat(follower.get()).isEqualTo("value");
        assertThat(second.get()).isEqualTo("value");
    }

    @Test
    void G14_forgetStuck_givesNewcomersAHealthyLoad_andKeepsTheOldCallers() {
        var group = timed().stuckAfter(Duration.ofSeconds(10)).forgetStuck(true).build();
        var gate = new Gate<String>("old");
        var old = Kind.PLATFORM.call(group, "key", gate);
        gate.awaitEntered();

        pass(Duration.ofSeconds(11));
        Callers.awaitTrue(() -> group.flights().isEmpty());

        assertThat(group.load("key", key -> "healthy")).isEqualTo("healthy");
        gate.open();
        assertThat(old.get()).isEqualTo("old");
    }

    @Test
    void G14_stuckAfterAlone_leavesLoadsOnTheLeadersThread() {
        var group = timed().stuckAfter(Duration.ofSeconds(10)).build();

        assertThat(group.load("key", key -> Thread.currentThread().getName()))
                .isEqualTo(Thread.currentThread().getName());
    }

    /** Keys that cannot be printed: messages are made of them at the worst moments. */
    enum Unprintable {
        OVERFLOWS,
        IS_NULL;

        @Override
        public String toString() {
            if (this == OVERFLOWS) {
                throw new StackOverflowError("toString() of a key");
            }
            return null;
        }
    }

    @ParameterizedTest(name = "{index}")
    @EnumSource(Unprintable.class)
    void G9_aKeyThatCannotBePrinted_isTimedOutAsWell_andSoAreItsNeighbours(Unprintable key) {
        var group = Group.<Object, String>builder("timed")
                .ticker(nanos::get)
                .loadTimeout(Duration.ofSeconds(10))
                .callerTimeout(Duration.ofSeconds(20))
                .build();
        var unprintable = group.loadAsync(key, k -> new CompletableFuture<>());
        var neighbours = IntStream.range(0, 20)
                .mapToObj(i -> group.loadAsync(i, k -> new CompletableFuture<>()))
                .toList();

        pass(Duration.ofSeconds(11));

        Callers.awaitTrue(() -> unprintable.isDone() && neighbours.stream().allMatch(CompletableFuture::isDone));
        assertThatThrownBy(unprintable::join).hasCauseInstanceOf(LoadTimeoutException.class);
        assertThat(group.table().isEmpty()).isTrue();
    }

    @Test
    void G9_loadsThatCompute_doNotStarveTheSteward() throws Exception {
        var group = Group.<Integer, String>builder("computing")
                .loadTimeout(Duration.ofMillis(50))
                .build();
        var stop = new AtomicBoolean();
        try {
            var calls = IntStream.range(0, 4 * Runtime.getRuntime().availableProcessors())
                    .mapToObj(i -> group.supplyAsync(i, key -> {
                        while (!stop.get()) {
                            Thread.onSpinWait();
                        }
                        return "too late";
                    }))
                    .toList();

            for (var call : calls) {
                assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadTimeoutException.class);
            }
        } finally {
            stop.set(true);
        }
    }

    @Test
    void G9_aSchedulerThatFails_isReplacedByTheSystems() {
        Scheduler broken = (executor, task, delay, unit) -> {
            throw new IllegalStateException("scheduler");
        };
        var complaints = new AtomicInteger();
        var log = Logger.getLogger(Group.class.getName());
        log.setFilter(entry -> {
            boolean expected = entry.getMessage().contains("the scheduler of group 'broken' failed");
            complaints.addAndGet(expected ? 1 : 0);
            return !expected;
        });
        try {
            var group = Group.<String, String>builder("broken")
                    .loadTimeout(Duration.ofMillis(20))
                    .scheduler(broken)
                    .build();

            var only = group.loadAsync("a", key -> new CompletableFuture<>());

            assertThatThrownBy(() -> only.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadTimeoutException.class);
            assertThat(complaints).hasPositiveValue();
        } finally {
            log.setFilter(null);
        }
    }
}
