package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.skein.AsyncLoader;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.Flight;
import io.skein.Group;
import io.skein.LoadTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** C11, G5 to G10: loads under guard that do not block. */
class AsyncGuardTest {
    private final Group<String, String> group = Group.create("guarded");

    /** A source whose futures the test completes, in the order of the loads. */
    private static final class Source implements AsyncLoader<String, String> {
        final List<CompletableFuture<String>> stages = Collections.synchronizedList(new ArrayList<>());
        final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();

        @Override
        public CompletionStage<String> load(String key) {
            var stage = new CompletableFuture<String>();
            threads.add(Thread.currentThread());
            stages.add(stage);
            return stage;
        }

        CompletableFuture<String> stage(int load) {
            Callers.awaitTrue(() -> stages.size() > load);
            return stages.get(load);
        }
    }

    private final Source source = new Source();

    @AfterEach
    void noTimerIsLeft() {
        Callers.awaitTrue(() -> Timers.pending() == 0);
    }

    private static <T> Throwable failureOf(CompletableFuture<T> future) {
        return new Callers.Call<>(future, null, future).failure();
    }

    // Failures

    @Test
    void G5_aStageThatIsNull_isAnOrdinaryFailure_retriedAndRecorded() {
        var breaker = Parts.breaker(100);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(key -> null));

        assertThat(failureOf(call))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the asynchronous loader returned null for key 'key'");
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(3);
    }

    @Test
    void G5_throwingBeforeThereIsAStage_isAnOrdinaryFailure_retriedAndRecorded() {
        var breaker = Parts.breaker(100);
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .bulkhead(bulkhead)
                .build();
        var failure = new IOException("no connection");

        var call = group.loadAsync("key", guard.asyncLoader(key -> {
            throw failure;
        }));

        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(3);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    }

    @Test
    void G5_anErrorBeforeThereIsAStage_isRecordedByAHalfOpenBreaker_andNotRetried() {
        var breaker = Parts.halfOpenBreaker();
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .bulkhead(Parts.bulkhead(1, Parts.NONE))
                .build();
        var failure = new StackOverflowError();

        var call = group.loadAsync("key", guard.asyncLoader(key -> {
            throw failure;
        }));

        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void G5_theWrapperOfAStage_isTakenOff_forPredicatesAndCallers() {
        var breaker = CircuitBreaker.of(
                "breaker",
                Parts.breakerConfig(1).recordExceptions(IOException.class).build());
        var guard = Guard.builder().circuitBreaker(breaker).build();
        var failure = new IOException("down");

        var call = group.loadAsync(
                "key",
                guard.asyncLoader(key -> CompletableFuture.failedFuture(failure).thenApply(String::valueOf)));

        assertThat(failureOf(call)).isSameAs(failure);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(failureOf(group.loadAsync("key", guard.asyncLoader(source))))
                .isInstanceOf(CallNotPermittedException.class);
        assertThat(source.stages).isEmpty();
    }

    @Test
    void theFlight_isPassedOn() {
        var guard = Guard.builder().retry(Parts.retry(2, Parts.NONE)).build();
        var loader = new AsyncLoader<String, String>() {
            @Override
            public CompletionStage<String> load(String key) {
                throw new AssertionError("needs its flight");
            }

            @Override
            public CompletionStage<String> load(String key, Flight<?, ?> flight) {
                return CompletableFuture.completedFuture(flight.key() + "'s own");
            }
        };

        assertThat(group.loadAsync("key", guard.asyncLoader(loader)).join()).isEqualTo("key's own");
    }

    // Retry

    @Test
    void C11_nextAttempts_runOnTheExecutor_withTheContextOfTheLeader() {
        var context = new ThreadLocal<String>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.guard", context);
        try {
            var guard = Guard.builder()
                    .retry(Parts.retry(3, Duration.ofMillis(1)))
                    .executor(task -> new Thread(task, "mine").start())
                    .build();
            context.set("the leader's");
            var attempts = new AtomicInteger();

            var call = group.loadAsync("key", guard.asyncLoader(key -> {
                if (attempts.incrementAndGet() < 3) {
                    throw new IOException("down");
                }
                return CompletableFuture.completedFuture(Thread.currentThread().getName() + ", " + context.get());
            }));

            assertThat(call.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join())
                    .isEqualTo("mine, the leader's");
        } finally {
            context.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.guard");
        }
    }

    /** A thread-local that cannot be set elsewhere. */
    private static final class Unmovable implements ThreadLocalAccessor<String> {
        @Override
        public Object key() {
            return "test.unmovable";
        }

        @Override
        public String getValue() {
            return "value";
        }

        @Override
        public void setValue(String value) {
            throw new IllegalStateException("unmovable");
        }
    }

    @Test
    void G10_aContextThatCannotBeRestored_failsTheLoad() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Unmovable());
        try {
            var guard = Guard.builder()
                    .retry(Parts.retry(3, Duration.ofMillis(1)))
                    .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                    .build();

            var call = group.loadAsync("key", guard.asyncLoader(source));
            source.stage(0).completeExceptionally(new IOException("down"));

            assertThat(failureOf(call)).hasMessage("unmovable");
            assertThat(Callers.onThread(() -> group.load("key", guard.loader(key -> "value")))
                            .failure())
                    .hasMessage("unmovable");
            assertThat(source.stages).hasSize(1);
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.unmovable");
        }
    }

    @Test
    void C11_anExecutorThatRefusesTheNextAttempt_failsTheLoad() {
        var guard = Guard.builder()
                .retry(Parts.retry(3, Duration.ofMillis(1)))
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));
        source.stage(0).completeExceptionally(new IOException("down"));

        assertThat(failureOf(call))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("full");
    }

    // Time

    @Test
    void C11_whenItsTimeIsOver_theStageIsCancelled_andThePermitGivenBack_beforeTheNextAttempt() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(2, Parts.NONE))
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20)))
                .bulkhead(bulkhead)
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));

        assertThat(failureOf(call)).isExactlyInstanceOf(TimeoutException.class);
        assertThat(source.stages).hasSize(2).allMatch(CompletableFuture::isCancelled);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    }

    @Test
    void C11_aTimeLimiterThatCancelsNothing_letsTheLoadGoOn_whichKeepsItsPermit() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20), false))
                .bulkhead(bulkhead)
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));

        assertThat(failureOf(call)).isExactlyInstanceOf(TimeoutException.class);
        assertThat(source.stage(0)).isNotDone();
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isZero();
        source.stage(0).complete("late");
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    }

    @Test
    void C11_theStageIsTheSources_andOnlyEverCancelled() {
        var shared = Caffeine.newBuilder().<String, String>buildAsync();
        var inCache = new CompletableFuture<String>();
        shared.put("key", inCache);
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20), false))
                .retry(Parts.retry(2, Parts.NONE))
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(key -> shared.getIfPresent(key)));

        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class);
        assertThat(inCache).isNotDone();
        assertThat(shared.getIfPresent("key")).isSameAs(inCache);
        inCache.complete("value");
        assertThat(group.loadAsync("key", guard.asyncLoader(key -> shared.getIfPresent(key)))
                        .join())
                .isEqualTo("value");
    }

    @Test
    void C11_timeLimits_holdThoughTheExecutorIsBusy() {
        var busy = new CountDownLatch(1);
        var pool = java.util.concurrent.Executors.newSingleThreadExecutor();
        pool.execute(() -> Callers.awaitTrue(() -> busy.getCount() == 0));
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20)))
                .executor(pool)
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));

        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class);
        busy.countDown();
        pool.shutdown();
    }

    @Test
    void C11_whatDependsOnALoadWhoseTimeIsOver_doesNotHoldUpOtherTimers() {
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20)))
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));
        var told = call.handle((value, failure) -> Thread.currentThread().getName());

        assertThat(new Callers.Call<>(told, null, told).get()).startsWith("skein-load-");
    }

    // Permits

    @Test
    void C11_theWaitForTheRateLimiter_keepsNoThread() {
        var guard = Guard.builder()
                .rateLimiter(Parts.drainedRateLimiter(Duration.ofMillis(200), Duration.ofSeconds(20)))
                .build();

        var call = group.loadAsync("key", guard.asyncLoader(source));

        assertThat(source.stages).as("not called by this thread").isEmpty();
        source.stage(0).complete("value");
        assertThat(call.join()).isEqualTo("value");
        assertThat(source.threads)
                .doesNotContain(Thread.currentThread())
                .noneMatch(thread -> thread.getName().contains("timer"));
    }

    @Test
    void C11_theWaitForTheBulkhead_keepsNoCaller() {
        var bulkhead = Parts.bulkhead(1, Parts.FOR_EVER);
        bulkhead.acquirePermission();
        var guard = Guard.builder().bulkhead(bulkhead).build();

        var call = group.loadAsync("key", guard.asyncLoader(source));

        assertThat(call).isNotDone();
        bulkhead.onComplete();
        source.stage(0).complete("value");
        assertThat(call.join()).isEqualTo("value");
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
    }

    // Leaving

    @RepeatedTest(20)
    void G8_whenTheLastCallerLeaves_theStageIsCancelled_andPermitsAreGivenBack() {
        var breaker = Parts.halfOpenBreaker();
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .bulkhead(bulkhead)
                .build();
        var call = group.loadAsync("key", guard.asyncLoader(source));
        var follower = group.loadAsync("key", key -> new CompletableFuture<>());
        call.cancel(true);
        assertThat(source.stage(0)).isNotDone();

        follower.cancel(true);

        assertThat(source.stage(0)).isCancelled();
        assertThat(source.stages).hasSize(1);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(breaker.tryAcquirePermission()).isTrue();
        assertThat(breaker.tryAcquirePermission()).as("given back once").isFalse();
    }

    @Test
    void G8_aCancelledLoad_isTakenOffItsTimers() {
        var between = Guard.builder().retry(Parts.retry(3, Parts.FOR_EVER)).build();
        var attempted = group.loadAsync("between attempts", between.asyncLoader(source));
        source.stage(0).completeExceptionally(new IOException("down"));
        var limited = Guard.builder()
                .rateLimiter(Parts.drainedRateLimiter(Parts.FOR_EVER, Parts.FOR_EVER.multipliedBy(2)))
                .build();
        var waiting = group.loadAsync("for a permit", limited.asyncLoader(source));
        assertThat(Timers.pending()).isEqualTo(2);

        attempted.cancel(true);
        waiting.cancel(true);

        assertThat(Timers.pending()).isZero();
        assertThat(source.stages).hasSize(1);
        assertThat(group.flights()).isEmpty();
    }

    @Test
    void G8_aCancelledWaitForTheBulkhead_isInterrupted_andTakesNoPermit() {
        var bulkhead = Parts.bulkhead(1, Parts.FOR_EVER);
        bulkhead.acquirePermission();
        var threads = new ConcurrentLinkedQueue<Thread>();
        var guard = Guard.builder()
                .bulkhead(bulkhead)
                .executor(task -> {
                    var thread = Callers.platform(task);
                    threads.add(thread);
                    thread.start();
                })
                .build();
        var call = group.loadAsync("key", guard.asyncLoader(source));
        Callers.awaitParked(threads.element());

        call.cancel(true);

        Callers.awaitTrue(() -> !threads.element().isAlive());
        bulkhead.onComplete();
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
        assertThat(source.stages).isEmpty();
    }

    @Test
    void G9_aLoadTimeout_endsAllAttempts_andIsNotRecorded() {
        var quick = Group.<String, String>builder("quick")
                .loadTimeout(Duration.ofMillis(30))
                .build();
        var breaker = Parts.breaker(1);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .build();

        var call = quick.loadAsync("key", guard.asyncLoader(source));

        assertThat(failureOf(call)).isInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(() -> source.stage(0).isCancelled());
        assertThat(source.stages).hasSize(1);
        assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
        quick.close();
    }

    @Test
    void G7_aLeaderInterruptedInsideTheLoader_handsOver_throughEveryLayer() {
        var breaker = Parts.halfOpenBreaker();
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .circuitBreaker(breaker)
                .rateLimiter(Parts.rateLimiter(9, Parts.FOR_EVER, Parts.NONE))
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .bulkhead(bulkhead)
                .build();
        var entered = new CountDownLatch(1);
        var leader = Callers.onThread(() -> group.loadAsync("key", guard.asyncLoader(key -> {
                    entered.countDown();
                    new CountDownLatch(1).await();
                    throw new AssertionError("not interrupted");
                }))
                .join());
        Callers.awaitTrue(() -> entered.getCount() == 0);
        var follower = group.loadAsync("key", key -> CompletableFuture.completedFuture("second"));

        leader.thread().interrupt();

        assertThat(leader.failure()).isInstanceOf(CallerInterruptedException.class);
        assertThat(follower.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join())
                .isEqualTo("second");
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
        assertThat(breaker.tryAcquirePermission()).isTrue();
    }

    /** The stage ends and the load is cancelled in the same moment: permits come back once, whoever is first. */
    @RepeatedTest(2_000)
    void C11_cancellationAgainstTheEnd_givesPermitsBackOnce() {
        var breaker = Parts.halfOpen(Parts.breaker(2));
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .circuitBreaker(breaker)
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .bulkhead(bulkhead)
                .build();
        var call = group.loadAsync("key", guard.asyncLoader(source));
        var cancelling = Callers.onThread(() -> call.cancel(true));

        source.stage(0).complete("value");

        cancelling.get();
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
        int recorded = breaker.getMetrics().getNumberOfBufferedCalls();
        int left = 0;
        while (left < 5 && breaker.tryAcquirePermission()) {
            left++;
        }
        assertThat(recorded + left).isEqualTo(2);
    }

    /** A next attempt begins while the load is cancelled: it does not begin, or is cancelled as well. */
    @RepeatedTest(500)
    void C11_cancellationAgainstTheNextAttempt_leavesNothingRunning() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .bulkhead(bulkhead)
                .build();
        var call = group.loadAsync("key", guard.asyncLoader(source));
        var failing = Callers.onThread(() -> source.stage(0).completeExceptionally(new IOException("down")));

        call.cancel(true);

        failing.get();
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
        Callers.awaitTrue(() -> source.stages.stream().allMatch(CompletableFuture::isDone));
    }

    @Test
    void C11_aLoadCancelledJustBeforeItsNextAttemptIsSet_leavesNoTimer() {
        var call = new AtomicReference<CompletableFuture<String>>();
        var retry = RetryConfig.custom()
                .intervalFunction(attempt -> {
                    call.get().cancel(true);
                    return Parts.FOR_EVER.toMillis();
                })
                .build();
        var guard = Guard.builder().retry(Retry.of("retry", retry)).build();
        call.set(group.loadAsync("key", guard.asyncLoader(source)));

        source.stage(0).completeExceptionally(new IOException("down"));

        assertThat(call.get()).isCancelled();
        assertThat(Timers.pending()).isZero();
    }

    @Test
    void G8_anAttemptThatAnswersAfterTheCancellation_isCancelledThen() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .bulkhead(bulkhead)
                .build();
        var attempts = new AtomicInteger();
        var release = new AtomicBoolean();
        var call = group.loadAsync("key", guard.asyncLoader(key -> {
            if (attempts.incrementAndGet() == 2) {
                while (!release.get()) { // deaf
                    Thread.onSpinWait();
                }
            }
            return source.load(key);
        }));
        source.stage(0).completeExceptionally(new IOException("down"));
        Callers.awaitTrue(() -> attempts.get() == 2);

        call.cancel(true);
        release.set(true);

        Callers.awaitTrue(() -> source.stage(1).isCancelled());
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void whatIsDoneToADependent_isNotDoneToTheLoad() throws Exception {
        var guard = Guard.builder().retry(Parts.retry(3, Parts.NONE)).build();
        var stage = guard.asyncLoader(source).load("key");

        stage.thenApply(value -> value).toCompletableFuture().cancel(true);

        assertThat(source.stage(0)).isNotDone();
        source.stage(0).complete("value");
        assertThat(stage).isCompleted();
    }
}
