package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** G6 leaving, G8 the last caller turns off the light: at the worst moments, and with things of the user's that fail. */
class LeavingRacesTest {
    private final Group<String, String> group = Group.create("group");

    /** What a client may hand out instead of a plain future. */
    private static final class Unstoppable extends CompletableFuture<String> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            throw new IllegalStateException("cannot be cancelled");
        }
    }

    private static final class Opaque extends CompletableFuture<String> {
        @Override
        public CompletableFuture<String> toCompletableFuture() {
            throw new UnsupportedOperationException("no future");
        }
    }

    static List<CompletableFuture<String>> stagesThatCannotBeCancelled() {
        return List.of(new Unstoppable(), new Opaque());
    }

    @ParameterizedTest
    @MethodSource("stagesThatCannotBeCancelled")
    void G8_aStageThatCannotBeCancelled_isLeftAllTheSame(CompletableFuture<String> source) {
        var only = group.loadAsync("key", key -> source);

        assertThat(only.cancel(true)).isTrue();

        assertThat(only).isCancelled();
        assertThat(group.table().isEmpty()).isTrue();
        assertThat(group.load("key", key -> "new")).isEqualTo("new");
    }

    /** One of two callers leaves while the flight lands: whoever was counted gets the outcome, and nobody else. */
    @Test
    void G6_aCallerThatWasCountedOut_neverGetsTheOutcome() {
        var leaving = new AtomicReference<CompletableFuture<?>>();
        var duel = new Duel(() -> leaving.get().cancel(false));
        int wrong = 0;

        while (duel.hasTime()) {
            var source = new CompletableFuture<String>();
            var first = group.loadResultAsync("key", key -> source);
            var second = group.loadResultAsync("key", key -> source);
            leaving.set(second);

            duel.round(() -> source.complete("value"));

            if (first.join().shared() == second.isCompletedExceptionally()) {
                wrong++;
            }
        }

        assertThat(wrong).isZero();
    }

    /** A load is cancelled while its thread is about to enter it: the interrupt is gone with the load, ran or not. */
    @Test
    void G8_theInterruptOfALoadCancelledBeforeItIsEntered_doesNotOutliveIt() {
        var flights = new AtomicReference<Flight<String, String>>();
        var duel = new Duel(() -> {
            if (flights.get().landFromOutside()) {
                flights.get().stop();
            }
        });
        int leaks = 0;

        while (duel.hasTime()) {
            var flight = new Flight<>(group, "key", null, 0, 0);
            flights.set(flight);

            duel.round(() -> {
                if (flight.enter()) { // what a load does that is over at once
                    flight.exit();
                    if (!flight.land()) {
                        flight.exitStopped();
                    }
                }
            });

            if (Thread.interrupted()) {
                leaks++;
            }
        }

        assertThat(leaks).isZero();
    }

    /** Two threads that do something at the same moment, again and again, each time a little shifted. */
    private static final class Duel {
        private static final int LAST = Integer.MAX_VALUE;

        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
        private int round;

        Duel(Runnable others) {
            Callers.platform(() -> {
                        for (int i = 1; spinUntil(begun, i) != LAST; i++) {
                            spin(i % 37);
                            others.run();
                            done.set(i);
                        }
                    })
                    .start();
        }

        boolean hasTime() {
            boolean has = System.nanoTime() - end < 0;
            if (!has) {
                begun.set(LAST);
            }
            return has;
        }

        void round(Runnable mine) {
            round++;
            begun.set(round);
            spin(round / 37 % 40);
            mine.run();
            spinUntil(done, round);
        }

        private static void spin(int times) {
            for (int i = 0; i < times; i++) {
                Thread.onSpinWait();
            }
        }

        /** Yields now and then, for machines that have no second processor to spare. */
        private static int spinUntil(AtomicInteger counter, int value) {
            for (int spins = 1; counter.get() < value; spins++) {
                if (spins % 1_000 == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
            return counter.get();
        }
    }

    @Test
    void G6_aTickerThatFails_makesTheWaitingCallerLeave_andNobodyElse() {
        var broken = new AtomicReference<Thread>();
        var timed = Group.<String, String>builder("timed")
                .ticker(() -> {
                    if (Thread.currentThread() == broken.get()) {
                        throw new IllegalStateException("ticker");
                    }
                    return 0;
                })
                .callerTimeout(Duration.ofSeconds(10))
                .build();
        var source = new CompletableFuture<String>();
        var leader = timed.loadResultAsync("key", key -> source);
        var follower = Kind.PLATFORM.call(timed, "key", key -> "second load");
        Callers.awaitCallers(timed, "key", 2);
        Callers.awaitParked(follower.thread());

        broken.set(follower.thread());

        assertThat(follower.failure()).hasMessage("ticker");
        Callers.awaitCallers(timed, "key", 1);
        source.complete("value");
        assertThat(leader.join()).isEqualTo(new Result<>("value", false));
    }

    @Test
    void G6_aForkJoinPoolWithoutAThreadToSpare_canBeWaitedInAllTheSame() throws Exception {
        var pool = new ForkJoinPool(
                1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, false, 1, 1, 1, null, 60, TimeUnit.SECONDS);
        var source = new CompletableFuture<String>();
        var leader = group.loadResultAsync("key", key -> source);
        var follower = pool.submit(() -> group.load("key", key -> "second load"));
        Callers.awaitCallers(group, "key", 2);
        Callers.awaitTrue(() -> group.table().get("key").threads() != null);

        source.complete("value");

        assertThat(follower.get(30, TimeUnit.SECONDS)).isEqualTo("value");
        assertThat(leader.join()).isEqualTo(new Result<>("value", true));
        pool.shutdown();
    }

    @Test
    void G6_completeAsync_doesNotWrapACompletionExceptionTwice() {
        var failure = new CompletionException(new IllegalStateException("down"));
        var own = group.loadAsync("key", key -> new CompletableFuture<>());

        own.completeAsync(
                () -> {
                    throw failure;
                },
                Runnable::run);

        assertThatThrownBy(own::join).isSameAs(failure);
    }
}
