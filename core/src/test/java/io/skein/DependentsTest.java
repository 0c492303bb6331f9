package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users attach to their futures may block, and holds up nobody who does not wait for it (G6, G9, G15). */
class DependentsTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void releaseThreads() {
        release.countDown();
    }

    /** Deaf to interrupts, since those that are on their way to somebody else must not end it. */
    private void block() {
        boolean interrupted = false;
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T within(CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"loadTimeout", "callerTimeout"})
    void G9_aDependentThatBlocks_doesNotHoldUpOtherTimeouts(String setting) {
        var builder = Group.<String, String>builder("group").ticker(nanos::get);
        var group = (setting.equals("loadTimeout")
                        ? builder.loadTimeout(Duration.ofSeconds(10))
                        : builder.callerTimeout(Duration.ofSeconds(10)))
                .build();
        var blocked = new CountDownLatch(1);
        group.loadAsync("a", key -> new CompletableFuture<>()).whenComplete((value, failure) -> {
            blocked.countDown();
            block();
        });
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        var other = group.loadAsync("b", key -> new CompletableFuture<>());
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        Callers.awaitTrue(() -> blocked.getCount() == 0);

        nanos.addAndGet(Duration.ofSeconds(6).toNanos());

        Callers.awaitTrue(other::isDone);
        assertThat(other).isCompletedExceptionally();
    }

    @Test
    void G6_dependentsOfOneCaller_mayWaitForAnotherOfTheSameFlight() {
        var group = Group.<String, String>create("group");
        var source = new CompletableFuture<String>();
        var first = group.loadAsync("key", key -> source);
        var second = group.loadAsync("key", key -> source);
        var third = group.loadAsync("key", key -> source);
        var ofTheSecond = second.thenApply(value -> first.join() + third.join());

        var landing = Callers.onThread(() -> source.complete("value"));

        assertThat(within(ofTheSecond)).isEqualTo("valuevalue");
        assertThat(landing.get()).isTrue();
    }

    @Test
    void G15_close_isNotHeldUpByDependentsThatWaitForEachOther() {
        var group = Group.<String, String>create("group");
        var first = group.loadAsync("a", key -> new CompletableFuture<>());
        var second = group.loadAsync("b", key -> new CompletableFuture<>());
        var ofTheFirst = first.handle((value, failure) ->
                second.handle((v, e) -> "told of the second").join());
        var ofTheSecond = second.handle(
                (value, failure) -> first.handle((v, e) -> "told of the first").join());
        var waitsForTheSecond = first.handle((value, failure) -> failureOf(second));
        var waitsForTheFirst = second.handle((value, failure) -> failureOf(first));

        var closing = Callers.onThread(() -> {
            group.close();
            return "closed";
        });

        assertThat(within(waitsForTheSecond)).isInstanceOf(java.util.concurrent.CancellationException.class);
        assertThat(within(waitsForTheFirst)).isInstanceOf(java.util.concurrent.CancellationException.class);
        assertThat(closing.get()).isEqualTo("closed");
        assertThat(ofTheFirst).isNotNull();
        assertThat(ofTheSecond).isNotNull();
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        try {
            return new AssertionError("a value: " + future.join());
        } catch (java.util.concurrent.CompletionException e) {
            return e.getCause();
        } catch (java.util.concurrent.CancellationException e) {
            return e;
        }
    }

    @Test
    void G6_loadAsync_doesNotRunTheDependentsOfOthersOnItsThread() {
        var group = Group.<String, String>create("group");
        var ran = new CompletableFuture<Thread>();

        var leading = group.loadAsync("key", key -> {
            Callers.onThread(() -> group.loadAsync(key, k -> new CompletableFuture<>())
                            .whenComplete((value, failure) -> ran.complete(Thread.currentThread())))
                    .get();
            return CompletableFuture.completedFuture("value");
        });

        assertThat(leading).isCompletedWithValue("value");
        assertThat(within(ran)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void G6_waitingWithATimeLimit_leavesNoDependentsBehind() throws Exception {
        var group = Group.<String, String>create("group");
        var future = group.loadAsync("key", key -> new CompletableFuture<>());

        for (int i = 0; i < 100; i++) {
            try {
                future.get(1, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) { // as expected
            }
            try {
                future.get(1, TimeUnit.MICROSECONDS);
            } catch (TimeoutException e) { // as expected
            }
        }

        assertThat(future.getNumberOfDependents()).isZero();
    }

    /** A source that takes its time over being cancelled: it asks a server, for instance. */
    private CompletableFuture<String> sourceThatBlocksInCancel(CountDownLatch cancelled) {
        return new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                cancelled.countDown();
                block();
                return super.cancel(mayInterruptIfRunning);
            }
        };
    }

    @Test
    void G9_aSourceThatBlocksInCancel_holdsUpNobodysLoadTimeout() {
        var group = Group.<String, String>builder("group")
                .ticker(nanos::get)
                .loadTimeout(Duration.ofSeconds(10))
                .build();
        var cancelled = new CountDownLatch(1);
        var source = sourceThatBlocksInCancel(cancelled);
        var first = group.loadAsync("key", key -> source);
        var second = group.loadAsync("key", key -> source);
        var third = Callers.Kind.PLATFORM.call(group, "key", key -> "second load");
        Callers.awaitCallers(group, "key", 3);

        nanos.addAndGet(Duration.ofSeconds(11).toNanos());

        assertThat(third.failure()).isInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(() -> first.isDone() && second.isDone());
        assertThat(failureOf(first)).isInstanceOf(LoadTimeoutException.class);
        assertThat(failureOf(second)).isInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(() -> cancelled.getCount() == 0);
    }

    @Test
    void G9_aDependentThatBlocks_doesNotKeepTheSourceRunning() {
        var group = Group.<String, String>builder("group")
                .ticker(nanos::get)
                .loadTimeout(Duration.ofSeconds(10))
                .build();
        var source = new CompletableFuture<String>();
        var blocked = new CountDownLatch(1);
        group.loadAsync("key", key -> source).whenComplete((value, failure) -> {
            blocked.countDown();
            block();
        });

        nanos.addAndGet(Duration.ofSeconds(11).toNanos());

        Callers.awaitTrue(() -> blocked.getCount() == 0);
        Callers.awaitTrue(source::isCancelled);
    }

    @Test
    void G8_aSourceThatBlocksInCancel_holdsUpNoThreadThatGivesUp_andNobodyWhoWaitsForTheKey() {
        var group = Group.<String, String>create("group");
        var cancelled = new CountDownLatch(1);
        var leader = group.loadAsync("key", key -> sourceThatBlocksInCancel(cancelled));
        var follower = Callers.Kind.PLATFORM.call(group, "key", key -> "second load");
        Callers.awaitCallers(group, "key", 2);
        leader.cancel(true);
        var fresh = group.loadFreshAsync("key", key -> CompletableFuture.completedFuture("fresh"));

        follower.thread().interrupt();

        assertThat(follower.failure()).isInstanceOf(CallerInterruptedException.class);
        Callers.awaitTrue(() -> cancelled.getCount() == 0);
        assertThat(within(fresh)).isEqualTo("fresh");
    }

    @Test
    void G8_theLastCallersCancel_cancelsTheSourceBeforeItReturns() {
        var group = Group.<String, String>create("group");
        var source = new CompletableFuture<String>();
        var only = group.loadAsync("key", key -> source);

        only.cancel(true);

        assertThat(source).isCancelled();
    }

    @Test
    void G15_close_tellsEverybodyBeforeASourceBlocksInCancel() {
        var group = Group.<String, String>create("group");
        var cancelled = new CountDownLatch(2);
        var first = group.loadAsync("a", key -> sourceThatBlocksInCancel(cancelled));
        var second = group.loadAsync("b", key -> sourceThatBlocksInCancel(cancelled));

        var closing = Callers.onThread(() -> {
            group.close();
            return "closed";
        });

        Callers.awaitTrue(() -> cancelled.getCount() == 1);
        assertThat(first).isCancelled();
        assertThat(second).isCancelled();
        release.countDown();
        assertThat(closing.get()).isEqualTo("closed");
        assertThat(cancelled.getCount()).isZero();
    }

    @Test
    void G6_aDependentThatBlocks_holdsUpNobodyWhoJoinsAnotherFutureOfTheSameFlight() {
        var group = Group.<String, String>create("group");
        var source = new CompletableFuture<String>();
        var joined = group.loadAsync("key", key -> source);
        var waiter = Callers.onThread(joined::join);
        Callers.awaitParked(waiter.thread());
        group.loadAsync("key", key -> source).thenRun(this::block); // told first, since it came last

        var landing = Callers.onThread(() -> source.complete("value"));

        assertThat(waiter.get()).isEqualTo("value");
        release.countDown();
        assertThat(landing.get()).isTrue();
    }
}
