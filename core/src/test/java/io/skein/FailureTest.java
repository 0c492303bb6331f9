package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.Callers.Kind;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G5 failures are shared, not retried in a convoy. */
class FailureTest {
    private final Group<String, String> group = Group.create("group");

    static java.util.List<Kind> kinds() {
        return Kind.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G5_oneFailingLoad_failsAllItsCallers_withTheSameException(Kind leader) {
        var failure = new IOException("source is down");
        var open = new CountDownLatch(1);
        var runs = new AtomicInteger();
        Loader<String, String> failing = key -> {
            runs.incrementAndGet();
            open.await();
            throw failure;
        };

        var first = leader.call(group, "key", failing);
        Callers.awaitCallers(group, "key", 1);
        var others = Callers.mixed(20, group, "key", failing);
        Callers.awaitCallers(group, "key", 21);
        open.countDown();

        assertThat(first.failure()).isSameAs(failure);
        assertThat(others).allSatisfy(call -> assertThat(call.failure()).isSameAs(failure));
        assertThat(runs).hasValue(1);
        assertThat(group.load("key", key -> "healed")).isEqualTo("healed");
    }

    @Test
    void G5_futuresCompleteWithWhatTheLoaderThrew() {
        var failure = new IOException("source is down");

        var supplied = group.supplyAsync("key", key -> {
            throw failure;
        });
        var staged = group.loadAsync(
                "key",
                key -> CompletableFuture.supplyAsync(() -> {
                    throw new CompletionException(failure);
                }));

        for (var future : java.util.List.of(supplied, staged)) {
            assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
            assertThatThrownBy(future::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(failure);
        }
    }

    @Test
    void G5_aLoaderThatThrowsACompletionException_throwsJustThat() {
        var failure = new CompletionException(new IOException());

        assertThatThrownBy(() -> group.load("key", key -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void G5_errorsReachEveryCaller(Kind leader) {
        var error = new StackOverflowError("too deep");
        var open = new CountDownLatch(1);
        Loader<String, String> failing = key -> {
            open.await();
            throw error;
        };

        var first = leader.call(group, "key", failing);
        Callers.awaitCallers(group, "key", 1);
        var others = Callers.mixed(8, group, "key", failing);
        Callers.awaitCallers(group, "key", 9);
        open.countDown();

        assertThat(first.failure()).isSameAs(error);
        assertThat(others).allSatisfy(call -> assertThat(call.failure()).isSameAs(error));
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G5_aLoaderThatReturnsANullFuture_isAnOrdinaryFailure() {
        var future = group.loadAsync("key", key -> null);

        assertThatThrownBy(future::join)
                .cause()
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("'key'")
                .hasMessageContaining("'group'");
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G5_aLoaderThatThrowsBeforeItReturnsAFuture_releasesEverybody() throws Exception {
        var entered = new CountDownLatch(1);
        var open = new CountDownLatch(1);
        var failure = new IllegalArgumentException("no such shard");
        var leader = Callers.onThread(() -> group.loadAsync("key", key -> {
            entered.countDown();
            open.await();
            throw failure;
        }));
        entered.await();
        var others = Callers.mixed(8, group, "key", key -> "not called");
        Callers.awaitCallers(group, "key", 9);

        open.countDown();

        assertThatThrownBy(leader.get()::join).cause().isSameAs(failure);
        assertThat(others).allSatisfy(call -> assertThat(call.failure()).isSameAs(failure));
    }

    @Test
    void G5_anExecutorThatRejects_releasesEverybody() throws Exception {
        var rejecting = new CountDownLatch(1);
        var full = Group.<String, String>builder("full")
                .executor(task -> {
                    awaitQuietly(rejecting);
                    throw new RejectedExecutionException("queue is full");
                })
                .build();
        var first = Callers.onThread(() -> full.load("key", key -> "value"));
        Callers.awaitCallers(full, "key", 1);
        var second = Callers.onThread(() -> full.load("key", key -> "value"));
        var third = full.supplyAsync("key", key -> "value");
        Callers.awaitCallers(full, "key", 3);

        rejecting.countDown();

        assertThat(first.failure())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("queue is full");
        assertThat(second.failure()).isSameAs(first.failure());
        assertThatThrownBy(() -> third.get(10, TimeUnit.SECONDS)).cause().isSameAs(first.failure());
        assertThat(full.flights()).isEmpty();
    }

    @Test
    void G5_aStageThatThrowsWhenObserved_isAnOrdinaryFailure() {
        var failure = new UnsupportedOperationException("not observable");
        var odd = new CompletableFuture<String>() {
            @Override
            public CompletableFuture<String> whenComplete(
                    java.util.function.BiConsumer<? super String, ? super Throwable> action) {
                throw failure;
            }
        };

        assertThatThrownBy(group.loadAsync("key", key -> odd)::join).cause().isSameAs(failure);
    }

    @Test
    void G5_aCancelledSource_failsItsCallersLikeAnythingElse() {
        var source = new CompletableFuture<String>();
        var first = group.loadAsync("key", key -> source);
        var second = group.loadAsync("key", key -> source);

        source.cancel(true);

        assertThat(first).isCancelled();
        assertThat(second).isCancelled();
        assertThat(group.flights()).isEmpty();
    }

    /** The exception is one object for all: rethrowing it by hundreds of threads must leave it as the loader made it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 300})
    void G5_theSharedException_isNotDamagedByItsCallers(int followers) {
        var failure = new IOException("source is down", new IllegalStateException("because"));
        var trace = failure.getStackTrace();
        var open = new CountDownLatch(1);
        Loader<String, String> failing = key -> {
            open.await();
            throw failure;
        };
        var calls = Callers.mixed(followers + 1, group, "key", failing);
        Callers.awaitCallers(group, "key", followers + 1);

        open.countDown();

        assertThat(calls).allSatisfy(call -> {
            assertThat(call.failure()).isSameAs(failure);
            assertThat(call.failure()).hasCauseInstanceOf(IllegalStateException.class);
        });
        assertThat(failure.getSuppressed()).isEmpty();
        assertThat(failure.getStackTrace()).isEqualTo(trace);
    }

    @Test
    void G5_failuresAreNotRetriedInAConvoy() {
        var runs = new AtomicInteger();
        var open = new CountDownLatch(1);
        Loader<String, String> failing = key -> {
            runs.incrementAndGet();
            open.await();
            throw new IOException("down");
        };
        var calls = Callers.mixed(50, group, "key", failing);
        Callers.awaitCallers(group, "key", 50);

        open.countDown();
        calls.forEach(Callers.Call::failure);

        assertThat(runs).hasValue(1);
    }

    @Test
    void nullsFailAtOnce_andName() {
        assertThatThrownBy(() -> group.load(null, key -> "value"))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key")
                .hasMessageContaining("'group'");
        assertThatThrownBy(() -> group.load("key", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("loader")
                .hasMessageContaining("'key'");
        assertThatThrownBy(() -> group.loadAsync("key", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> group.supplyAsync(null, key -> "value")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> group.forget(null)).isInstanceOf(NullPointerException.class);
        assertThat(group.flights()).isEmpty();
    }

    /** Equal to itself and hashed like all its kind, until it breaks. */
    static final class Breakable {
        volatile boolean broken;

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            if (broken) {
                throw new IllegalStateException("key was changed");
            }
            return 1;
        }
    }

    @Test
    void G5_aKeyThatBreaksDuringItsLoad_releasesEverybody() throws Exception {
        var broken = Group.<Breakable, String>create("broken");
        var key = new Breakable();
        var gate = new Gate<Breakable>();
        var leader = Kind.PLATFORM.call(broken, key, gate);
        gate.awaitEntered();
        var follower = Kind.PLATFORM.call(broken, key, gate);
        var dependent = broken.loadAsync(key, k -> new CompletableFuture<>()).thenApply(String::length);
        Callers.awaitCallers(broken, key, 3);
        Callers.awaitParked(follower.thread());

        mutingTheGroup(() -> {
            key.broken = true;
            gate.open();

            assertThat(leader.get()).isEqualTo("value");
            assertThat(follower.get()).isEqualTo("value");
            assertThat(dependent.get(10, TimeUnit.SECONDS)).isEqualTo(5);
        });
    }

    interface Action {
        void run() throws Exception;
    }

    /** It complains of broken keys, rightly. */
    static void mutingTheGroup(Action action) throws Exception {
        var log = Logger.getLogger(Group.class.getName());
        log.setFilter(entry -> false);
        try {
            action.run();
        } finally {
            log.setFilter(null);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
