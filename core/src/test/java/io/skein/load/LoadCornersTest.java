package io.skein.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.skein.AsyncLoader;
import io.skein.Callers;
import io.skein.Flight;
import io.skein.Group;
import io.skein.LoadCycleException;
import io.skein.Loader;
import io.skein.ManualClock;
import io.skein.internal.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batching and hedging where something of the user's fails, or threads meet at an unlucky moment. */
class LoadCornersTest {
    private final ManualClock clock = new ManualClock();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final ExecutorService others = Executors.newCachedThreadPool(r -> {
        var t = new Thread(r);
        t.setDaemon(true);
        return t;
    });

    @AfterEach
    void end() {
        pool.shutdownNow();
        others.shutdownNow();
    }

    @Test
    void tickerThatThrowsAnError_atTheEnd_keepsNobodyWaiting() throws Exception {
        var reads = new AtomicInteger();
        var a = new CompletableFuture<String>();
        var h = Hedging.<String, String>ofAsync((AsyncLoader<String, String>) k -> a, k -> new CompletableFuture<>())
                .executor(Runnable::run)
                .after(Duration.ofMillis(10))
                .clock(clock, () -> {
                    if (reads.getAndIncrement() > 0) throw new AssertionError("ticker");
                    return 0;
                });
        var result = h.async().load("k").toCompletableFuture();
        a.complete("v");
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("v");
    }

    @Test
    void timerWhoseCancelThrows_keepsNobodyWaiting() throws Exception {
        Scheduler s = (e, c, d, u) -> new CompletableFuture<Object>() {
            @Override
            public boolean cancel(boolean b) {
                throw new UnsupportedOperationException("cancel");
            }
        };
        var a = new CompletableFuture<String>();
        var h = Hedging.<String, String>ofAsync((AsyncLoader<String, String>) k -> a, k -> new CompletableFuture<>())
                .executor(Runnable::run)
                .after(Duration.ofMillis(10))
                .clock(s, clock);
        var result = h.async().load("k").toCompletableFuture();
        a.complete("v");
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("v");
    }

    @Test
    void hedgeThatFailed_isNotTakenForTheRunner_whenItsThreadGoesOn() throws Exception {
        var group = Group.<String, String>create("g");
        var gate = new CountDownLatch(1);
        var h = Hedging.<String, String>of(
                        k -> {
                            gate.await();
                            return "first";
                        },
                        k -> {
                            throw new IOException("down");
                        })
                .executor(pool)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        var leader = others.submit(() -> group.load("A", h));
        Callers.awaitTrue(() -> ((ThreadPoolExecutor) pool).getActiveCount() == 1 && clock.outstanding() == 1);
        clock.passMillis(10);
        Callers.awaitTrue(() -> ((ThreadPoolExecutor) pool).getCompletedTaskCount() == 1);
        // the pool's second thread does something else now: it asks for A, as any thread may
        var follower = pool.submit(() -> group.load("A", h));
        Callers.awaitTrue(() -> follower.isDone() || group.flights().get(0).callers() == 2);
        gate.countDown();
        assertThat(leader.get()).isEqualTo("first");
        assertThat(follower.get(30, TimeUnit.SECONDS)).isEqualTo("first");
    }

    @Test
    void replicaThatWaitsForItself_isFound_alsoAfterTheHedgeFailed() throws Exception {
        var group = Group.<String, String>create("g");
        var gate = new CountDownLatch(1);
        var self = new AtomicReference<Loader<String, String>>();
        var h = Hedging.<String, String>of(
                        k -> {
                            gate.await();
                            return group.load("A", self.get());
                        },
                        k -> {
                            throw new IOException("down");
                        })
                .executor(pool)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        self.set(h);
        var leader = others.submit(() -> group.load("A", h));
        Callers.awaitTrue(() -> ((ThreadPoolExecutor) pool).getActiveCount() == 1 && clock.outstanding() == 1);
        clock.passMillis(10);
        Callers.awaitTrue(() -> ((ThreadPoolExecutor) pool).getCompletedTaskCount() == 1);
        gate.countDown();
        assertThatThrownBy(() -> leader.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void contextThatCannotBeRestored_isAFailure_andKeepsNobodyWaiting() throws Exception {
        var bad = new ThreadLocalAccessor<String>() {
            @Override
            public Object key() {
                return "hostile";
            }

            @Override
            public String getValue() {
                return "x";
            }

            @Override
            public void setValue(String v) {
                if (Thread.currentThread().getName().startsWith("pool-")) throw new IllegalStateException("context");
            }

            @Override
            public void setValue() {}
        };
        ContextRegistry.getInstance().registerThreadLocalAccessor(bad);
        try {
            var h = Hedging.<String, String>of(k -> "a", k -> "b")
                    .executor(pool)
                    .after(Duration.ofMillis(10))
                    .clock(clock, clock);
            var result = h.async().load("k").toCompletableFuture();
            assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("hostile");
        }
    }

    @Test
    void losersAreCancelled_alsoIfTheExecutorRefuses() throws Exception {
        var a = new CompletableFuture<String>();
        var b = new CompletableFuture<String>();
        var closed = new AtomicBoolean();
        Executor ex = t -> {
            if (closed.get()) throw new RejectedExecutionException("full");
            t.run();
        };
        var h = Hedging.<String, String>ofAsync((AsyncLoader<String, String>) k -> a, k -> b)
                .executor(ex)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        var result = h.async().load("k").toCompletableFuture();
        clock.passMillis(10);
        closed.set(true);
        b.complete("b");
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("b");
        assertThat(a).isCancelled();
    }

    @Test
    void schedulerThatHasBeenShutDown_keepsNobodyWaiting() throws Exception {
        var ses = Executors.newScheduledThreadPool(1);
        ses.shutdownNow();
        var batching = Batching.<String, String>of(keys -> Map.of("k", "v"), 10, Duration.ofMillis(5))
                .clock(Scheduler.forScheduledExecutorService(ses), System::nanoTime);
        var f = batching.load("k").toCompletableFuture();
        assertThat(f.get(30, TimeUnit.SECONDS)).isEqualTo("v");
    }

    @Test
    void schedulerThatLosesItsTimers_doesNotStopTheNextOnes() {
        var clock = new ManualClock();
        var lost = new AtomicInteger();
        Scheduler loses = (executor, task, delay, unit) -> lost.getAndIncrement() == 0
                ? new CompletableFuture<Void>()
                : clock.schedule(executor, task, delay, unit);
        var batching = Batching.<String, String>of(keys -> Map.of("k", "v", "l", "w"), 10, Duration.ofMillis(200))
                .clock(loses, clock)
                .executor(Runnable::run);
        var k = batching.load("k").toCompletableFuture();

        clock.passMillis(300);
        assertThat(k).isNotDone();
        batching.load("l");
        assertThat(k.join()).isEqualTo("v");
        clock.passMillis(3_000);
        var l = batching.load("l").toCompletableFuture();
        clock.passMillis(200);
        assertThat(l.join()).isEqualTo("w");
    }

    @Test
    void threadInTheLoader_thatWaitsForItsOwnKey_isFound_thoughABatchAttends() throws Exception {
        var group = Group.<String, String>create("g");
        var inBulk = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var batching = Batching.<String, String>of(
                keys -> {
                    inBulk.countDown();
                    go.await();
                    return Map.of("A", "v");
                },
                1,
                Duration.ofMillis(5));
        var loader = new Loader<String, String>() {
            @Override
            public String load(String k) {
                throw new AssertionError();
            }

            @Override
            public String load(String k, Flight<?, ?> flight) throws Exception {
                var part = batching.load(k, flight); // asked for meanwhile
                inBulk.await();
                var other = group.load("A", this); // its own key: would wait for ever
                return other + part.toCompletableFuture().get();
            }
        };
        var leader = others.submit(() -> group.load("A", loader));
        try {
            assertThatThrownBy(() -> leader.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadCycleException.class);
        } finally {
            go.countDown();
        }
    }

    @Test
    void circleOfTwo_isFound_thoughABatchAttendsOne() throws Exception {
        var group = Group.<String, String>create("g");
        var inBulk = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var batching = Batching.<String, String>of(
                keys -> {
                    inBulk.countDown();
                    go.await();
                    return Map.of("A", "v");
                },
                1,
                Duration.ofMillis(5));
        var b = new AtomicReference<Loader<String, String>>();
        var a = new Loader<String, String>() {
            @Override
            public String load(String k) {
                throw new AssertionError();
            }

            @Override
            public String load(String k, Flight<?, ?> flight) throws Exception {
                var part = batching.load(k, flight);
                inBulk.await();
                var other = group.load("B", b.get());
                return other + part.toCompletableFuture().get();
            }
        };
        b.set(k -> group.load("A", a));
        var leader = others.submit(() -> group.load("A", a));
        try {
            assertThatThrownBy(() -> leader.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadCycleException.class);
        } finally {
            go.countDown();
        }
    }

    @Test
    void anAskGivenUpWhileItsCallEnds_leavesNoAttendantToTheNextLoad() throws Exception {
        var group = Group.<String, String>create("g");
        var inBulk = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var bulkThread = Executors.newSingleThreadExecutor();
        var gate2 = new CountDownLatch(1);
        var batching = Batching.<String, String>of(
                        keys -> {
                            inBulk.countDown();
                            go.await();
                            return Map.of("A", "v", "Z", "z");
                        },
                        2,
                        Duration.ofSeconds(5))
                .executor(bulkThread);
        var z = batching.load("Z").toCompletableFuture();
        Loader<String, String> first = new Loader<>() {
            @Override
            public String load(String k) {
                throw new AssertionError();
            }

            @Override
            public String load(String k, Flight<?, ?> flight) throws Exception {
                var f = batching.load(k, flight).toCompletableFuture();
                // stands for: preempted between the cancellation and what Skein hangs on it
                f.whenComplete((v, e) -> {
                    go.countDown();
                    z.join();
                });
                try {
                    return f.get();
                } catch (InterruptedException e) {
                    f.cancel(true);
                    throw e;
                }
            }
        };
        var leaderThread = new AtomicReference<Thread>();
        var leader = others.submit(() -> {
            leaderThread.set(Thread.currentThread());
            return group.load("A", first);
        });
        inBulk.await();
        var started = new CountDownLatch(1);
        Loader<String, String> second = k -> {
            started.countDown();
            gate2.await();
            return "second";
        };
        var follower = others.submit(() -> group.load("A", second));
        Callers.awaitTrue(() -> group.flights().stream().anyMatch(f -> f.callers() == 2));
        leaderThread.get().interrupt();
        started.await();
        try {
            // the bulk's thread has done; it may wait for A now like anybody
            var third = bulkThread.submit(() -> group.load("A", second));
            Callers.awaitTrue(() -> third.isDone() || group.flights().get(0).callers() >= 2);
            gate2.countDown();
            assertThat(follower.get()).isEqualTo("second");
            assertThat(third.get(30, TimeUnit.SECONDS)).isEqualTo("second");
        } finally {
            bulkThread.shutdownNow();
        }
    }

    @Test
    void twoBatchesThatAttend_theOneThatFailsDoesNotHideTheOther() throws Exception {
        var group = Group.<String, String>create("g");
        var fail = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var in1 = new CountDownLatch(1);
        var in2 = new CountDownLatch(1);
        var self = new AtomicReference<Loader<String, String>>();
        var b1 = Batching.<String, String>of(
                keys -> {
                    in1.countDown();
                    go.await();
                    return Map.of("A", group.load("A", self.get()));
                },
                1,
                Duration.ofMillis(5));
        var b2 = Batching.<String, String>of(
                        keys -> {
                            in2.countDown();
                            fail.await();
                            throw new IOException("down");
                        },
                        1,
                        Duration.ofMillis(5))
                .executor(pool);
        var h = Hedging.<String, String>ofAsync(b1, b2)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        self.set(h);
        var leader = others.submit(() -> group.load("A", h));
        in1.await();
        Callers.awaitTrue(() -> {
            clock.passMillis(10);
            return in2.getCount() == 0;
        });
        fail.countDown();
        Callers.awaitTrue(() -> ((ThreadPoolExecutor) pool).getCompletedTaskCount() == 1);
        go.countDown();
        assertThatThrownBy(() -> leader.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void executorThatRunsAndThenThrows_doesNotLoosenMaxPending() throws Exception {
        var bad = new AtomicBoolean(true);
        var hold = new CountDownLatch(1);
        var batching = Batching.<String, String>of(
                        keys -> {
                            if (!bad.get()) hold.await();
                            return Map.of();
                        },
                        1,
                        Duration.ofMillis(5))
                .maxPending(1)
                .executor(t -> {
                    if (bad.get()) {
                        t.run();
                        throw new IllegalStateException("after");
                    }
                    others.execute(t);
                });
        batching.load("1");
        batching.load("2");
        bad.set(false);
        batching.load("3");
        try {
            assertThatThrownBy(() -> batching.load("4")).isInstanceOf(io.skein.LoadRejectedException.class);
        } finally {
            hold.countDown();
        }
    }

    static final class Key {
        static final AtomicBoolean BAD = new AtomicBoolean();

        @Override
        public int hashCode() {
            if (BAD.get()) throw new IllegalStateException("hash");
            return 1;
        }

        @Override
        public boolean equals(Object o) {
            return o == this;
        }
    }

    @Test
    void keyThatThrows_whenTheCallIsMade_keepsNobodyWaiting() throws Exception {
        var batching = Batching.<Key, String>of(keys -> Map.of(), 10, Duration.ofMillis(5))
                .clock(clock, clock)
                .executor(Runnable::run);
        var f = batching.load(new Key()).toCompletableFuture();
        Key.BAD.set(true);
        try {
            clock.passMillis(5);
        } finally {
            Key.BAD.set(false);
        }
        assertThatThrownBy(() -> f.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void interruptOfALeaderThatRunsTheReplicaItself_isNotLost() throws Exception {
        var group = Group.<String, String>create("g");
        var h = Hedging.<String, String>of(
                        k -> {
                            Thread.currentThread().interrupt();
                            new CountDownLatch(1).await();
                            return "a";
                        },
                        k -> "b")
                .executor(Runnable::run)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        var flag = others.submit(() -> {
            try {
                group.load("A", h);
            } catch (Exception e) {
                // what it gets is not the point here
            }
            return Thread.currentThread().isInterrupted();
        });
        assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void workThatEndsTwice_takesBackOneInterruptOnly() {
        var work = new Work();
        work.begin();
        work.interrupt();
        work.end();
        Thread.currentThread().interrupt(); // somebody else's
        work.end();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void landTogether_alsoIfTheLastAskOfAKeyHasNoFlight() throws Exception {
        var group = Group.<String, String>create("g");
        var batching = Batching.<String, String>of(keys -> Map.of("1", "a", "2", "b"), 3, Duration.ofMillis(5))
                .clock(clock, clock);
        var one = group.loadAsync("1", batching);
        var two = group.loadAsync("2", batching);
        var both = one.thenApply(v -> v + two.join());
        batching.load("1");
        batching.load("2");
        clock.passMillis(5);
        assertThat(both.get(30, TimeUnit.SECONDS)).isEqualTo("ab");
    }

    @Test
    void afterAHandOver_anAskThatIsStillToBeCancelled_doesNotTouchTheNextLoad() throws Exception {
        var group = Group.<String, String>create("g");
        var single = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
        var bulkThread = Executors.newSingleThreadExecutor();
        var block = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var in = new CountDownLatch(1);
        var b1 = Batching.<String, String>of(
                        keys -> {
                            in.countDown();
                            never.await();
                            return Map.of();
                        },
                        1,
                        Duration.ofMillis(5))
                .executor(others);
        var h = Hedging.<String, String>ofAsync(b1, b1)
                .executor(single)
                .after(Duration.ofMillis(10))
                .clock(clock, clock);
        var t = new AtomicReference<Thread>();
        var leader = others.submit(() -> {
            t.set(Thread.currentThread());
            return group.load("A", h);
        });
        in.await();
        single.execute(() -> {
            try {
                block.await();
            } catch (InterruptedException e) {
                // at the end of the test
            }
        }); // busy: the cancellation queues
        var inside = new CountDownLatch(1);
        var selfWait = new CountDownLatch(1);
        var self = new AtomicReference<Loader<String, String>>();
        self.set(k -> {
            inside.countDown();
            selfWait.await();
            return group.load("A", self.get());
        });
        var follower = others.submit(() -> group.load("A", self.get()));
        Callers.awaitTrue(() -> group.flights().stream().anyMatch(f -> f.callers() == 2));
        t.get().interrupt();
        inside.await();
        selfWait.countDown(); // the second load waits for itself
        try {
            assertThatThrownBy(() -> follower.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(LoadCycleException.class);
        } finally {
            block.countDown();
            never.countDown();
            single.shutdownNow();
            bulkThread.shutdownNow();
        }
    }

    @Test
    void quantileNearOne_sortsSeldom() {
        var l = new Lateness.AfterQuantile(0.9995);
        for (int i = 0; i < 2048; i++) l.took(1000);
        long before = System.nanoTime();
        for (int i = 0; i < 20_000; i++) l.took(1000 + i);
        long near = System.nanoTime() - before;
        var m = new Lateness.AfterQuantile(0.9);
        for (int i = 0; i < 2048; i++) m.took(1000);
        before = System.nanoTime();
        for (int i = 0; i < 20_000; i++) m.took(1000 + i);
        long far = System.nanoTime() - before;
        assertThat(near).isLessThan(10 * far);
    }
}
