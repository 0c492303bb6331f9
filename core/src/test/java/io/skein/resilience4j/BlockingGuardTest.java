package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.exception.AcquirePermissionCancelledException;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.context.ContextRegistry;
import io.skein.CallerInterruptedException;
import io.skein.Callers;
import io.skein.FlightLoader;
import io.skein.Gate;
import io.skein.Group;
import io.skein.LoadCycleException;
import io.skein.LoadTimeoutException;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C11, G6 to G10: blocking loads under guard, their threads, and how they end before their time. */
class BlockingGuardTest {
    private final Group<String, String> group = Group.create("guarded");

    // Threads

    @Test
    void G10_withoutATimeLimiter_theLoadStaysOnTheLeadersThread() {
        var guard = Guard.builder()
                .retry(Parts.retry(2, Parts.NONE))
                .circuitBreaker(Parts.breaker(2))
                .rateLimiter(Parts.rateLimiter(2, Parts.FOR_EVER, Parts.NONE))
                .bulkhead(Parts.bulkhead(1, Parts.NONE))
                .build();

        assertThat(group.load("key", guard.loader(key -> Thread.currentThread().getName())))
                .isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void G10_withATimeLimiter_itRunsOnTheExecutor_withTheContextOfTheLeader() {
        var context = new ThreadLocal<String>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.guard", context);
        try {
            var guard = Guard.builder()
                    .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                    .executor(task -> new Thread(task, "mine").start())
                    .build();
            context.set("the leader's");

            assertThat(group.load(
                            "key", guard.loader(key -> Thread.currentThread().getName() + ", " + context.get())))
                    .isEqualTo("mine, the leader's");
        } finally {
            context.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("test.guard");
        }
    }

    @Test
    void G10_withoutAnExecutor_itRunsOnSharedThreads() {
        var guard =
                Guard.builder().timeLimiter(Parts.timeLimiter(Parts.FOR_EVER)).build();

        assertThat(group.load("key", guard.loader(key -> Thread.currentThread().getName())))
                .startsWith("skein-load-");
    }

    @Test
    void C11_anExecutorThatRefuses_isAnOrdinaryFailure() {
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();

        assertThat(Callers.onThread(() -> group.load("key", guard.loader(key -> "value")))
                        .failure())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("full");
    }

    @Test
    void theFlight_isPassedOn() {
        var guard = Guard.builder().retry(Parts.retry(2, Parts.NONE)).build();
        FlightLoader<String, String> loader = (key, flight) -> flight.key() + "'s own";

        assertThat(group.load("key", guard.loader(loader))).isEqualTo("key's own");
        assertThat(group.supplyAsync("key", guard.loader(loader)).join()).isEqualTo("key's own");
    }

    // Time

    @Test
    void C11_whenItsTimeIsOver_theLoadIsInterrupted_andGivesItsPermitBack() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20)))
                .bulkhead(bulkhead)
                .build();
        var gate = new Gate<String>();

        var call = Callers.onThread(() -> group.load("key", guard.loader(gate)));

        assertThat(call.failure()).isInstanceOf(TimeoutException.class);
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
    }

    @Test
    void C11_aTimeLimiterThatCancelsNothing_letsTheLoadGoOn_whichKeepsItsPermit() {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20), false))
                .bulkhead(bulkhead)
                .build();
        var gate = new Gate<String>();

        var call = Callers.onThread(() -> group.load("key", guard.loader(gate)));

        assertThat(call.failure()).isInstanceOf(TimeoutException.class);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isZero();
        gate.open();
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
        assertThat(gate.interrupts()).isZero();
    }

    @RepeatedTest(50)
    void C11_theInterruptOfALoad_doesNotHitWhatItsThreadDoesNext() {
        var pool = Executors.newSingleThreadExecutor();
        var flags = new AtomicInteger();
        var guard = Guard.builder()
                .timeLimiter(Parts.timeLimiter(Duration.ofMillis(1)))
                .executor(task -> pool.execute(() -> {
                    task.run();
                    if (Thread.currentThread().isInterrupted()) {
                        flags.incrementAndGet();
                    }
                }))
                .build();
        var deaf = new AtomicBoolean();

        var call = Callers.onThread(() -> group.load("key", guard.loader(key -> {
            while (!deaf.get()) {
                Thread.onSpinWait();
            }
            return "late";
        })));
        assertThat(call.failure()).isInstanceOf(TimeoutException.class);
        deaf.set(true);
        pool.shutdown();

        Callers.awaitTrue(pool::isTerminated);
        assertThat(flags).hasValue(0);
    }

    // Leaving

    static List<Guard> guards() {
        return List.of(
                Guard.builder().retry(Parts.retry(3, Parts.NONE)).build(),
                Guard.builder().circuitBreaker(Parts.halfOpenBreaker()).build(),
                Guard.builder().bulkhead(Parts.bulkhead(1, Parts.NONE)).build(),
                Guard.builder()
                        .rateLimiter(Parts.rateLimiter(2, Parts.FOR_EVER, Parts.NONE))
                        .build(),
                Guard.builder().timeLimiter(Parts.timeLimiter(Parts.FOR_EVER)).build());
    }

    @ParameterizedTest
    @MethodSource("guards")
    void G7_anInterruptedLeader_handsItsLoadOver_throughEveryLayer(Guard guard) {
        var gate = new Gate<String>();
        var leader = Callers.onThread(() -> group.load("key", guard.loader(gate)));
        gate.awaitEntered();
        var follower = Callers.onThread(() -> group.load("key", key -> "second"));
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(follower.get()).isEqualTo("second");
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(gate.runs()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failure", "result"})
    void G7_aLeaderInterruptedBetweenTwoAttempts_handsOver_andMakesNoOther(String firstAnswer) {
        var retry = RetryConfig.custom()
                .waitDuration(Parts.FOR_EVER)
                .retryOnResult("result"::equals)
                .build();
        var guard = Guard.builder().retry(Retry.of("retry", retry)).build();
        var loads = new AtomicInteger();
        var leader = Callers.onThread(() -> group.load("key", guard.loader(key -> {
            loads.incrementAndGet();
            if (firstAnswer.equals("failure")) {
                throw new IOException("down");
            }
            return firstAnswer;
        })));
        Callers.awaitTrue(() -> loads.get() == 1);
        Callers.awaitParked(leader.thread());
        var follower = Callers.onThread(() -> group.load("key", key -> "second"));
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .cause()
                .isInstanceOfAny(IOException.class, CancellationException.class);
        assertThat(follower.get()).isEqualTo("second");
        assertThat(loads).hasValue(1);
    }

    static List<Guard> fullGuards() {
        var bulkhead = Parts.bulkhead(1, Parts.FOR_EVER);
        bulkhead.acquirePermission();
        return List.of(
                Guard.builder()
                        .rateLimiter(Parts.drainedRateLimiter(Parts.FOR_EVER, Parts.FOR_EVER.multipliedBy(2)))
                        .retry(Parts.retry(3, Parts.NONE))
                        .build(),
                Guard.builder()
                        .bulkhead(bulkhead)
                        .retry(Parts.retry(3, Parts.NONE))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("fullGuards")
    void G7_aLeaderInterruptedWhileItWaitsForAPermit_handsOver(Guard guard) {
        var loads = new AtomicInteger();
        var leader = Callers.onThread(() -> group.load("key", guard.loader(key -> "load " + loads.incrementAndGet())));
        Callers.awaitCallers(group, "key", 1);
        Callers.awaitParked(leader.thread());
        var follower = Callers.onThread(() -> group.load("key", key -> "second"));
        Callers.awaitCallers(group, "key", 2);

        leader.thread().interrupt();

        assertThat(leader.failure())
                .isInstanceOf(CallerInterruptedException.class)
                .hasCauseInstanceOf(AcquirePermissionCancelledException.class);
        assertThat(follower.get()).isEqualTo("second");
        assertThat(loads).hasValue(0);
    }

    @Test
    void G8_whenTheLastCallerLeaves_theLoadIsInterrupted_andAHalfOpenBreakerKeepsItsPermit() {
        var breaker = Parts.halfOpenBreaker();
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder()
                .circuitBreaker(breaker)
                .bulkhead(bulkhead)
                .retry(Parts.retry(3, Parts.NONE))
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .build();
        var gate = new Gate<String>();
        var call = group.supplyAsync("key", guard.loader(gate));
        gate.awaitEntered();

        call.cancel(true);

        Callers.awaitTrue(() -> gate.interrupts() == 1);
        Callers.awaitTrue(() -> bulkhead.getMetrics().getAvailableConcurrentCalls() == 1);
        Callers.awaitTrue(() -> breaker.tryAcquirePermission());
        breaker.releasePermission();
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(group.supplyAsync("key", guard.loader(key -> "value")).join())
                .isEqualTo("value");
    }

    @Test
    void G9_aLoadTimeout_endsAllAttempts_alsoOfALoaderThatHidesItsInterrupt() {
        var quick = Group.<String, String>builder("quick")
                .loadTimeout(Duration.ofMillis(30))
                .build();
        var breaker = Parts.breaker(1);
        var guard = Guard.builder()
                .retry(Parts.retry(100, Parts.NONE))
                .circuitBreaker(breaker)
                .build();
        var loads = new AtomicInteger();
        var ended = new CountDownLatch(1);

        var call = Callers.onThread(() -> quick.load("key", guard.loader(key -> {
            loads.incrementAndGet();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                ended.countDown();
            }
            throw new IOException("the statement was cancelled");
        })));

        assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
        Callers.awaitTrue(() -> ended.getCount() == 0);
        quick.close();
        assertThat(loads).hasValue(1);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
    }

    // Caches

    @Test
    void C11_aContextLoader_isRetried_withItsContext() {
        var guard = Guard.builder().retry(Parts.retry(2, Parts.NONE)).build();
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<String, String>builder("context")
                .ttl(Duration.ofSeconds(10))
                .contextLoader(guard.contextLoader((key, context) -> {
                    if (loads.incrementAndGet() % 2 == 1) {
                        throw new IOException("down");
                    }
                    return context.previous().isPresent()
                            ? Loaded.notModified()
                            : Loaded.of("value").etag("v1");
                }))
                .build();

        assertThat(cache.get("key")).isEqualTo("value");
        assertThat(cache.refresh("key").join()).isEqualTo("value");

        assertThat(loads).hasValue(4);
    }

    @Test
    void C11_aBulkCall_takesOnePermit_andIsRetriedAsAWhole() {
        var limiter = Parts.rateLimiter(10, Parts.FOR_EVER, Parts.NONE);
        var guard = Guard.builder()
                .retry(Parts.retry(2, Parts.NONE))
                .rateLimiter(limiter)
                .build();
        var loads = new AtomicInteger();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(guard.bulkLoader(keys -> {
                    if (loads.incrementAndGet() == 1) {
                        throw new IOException("down");
                    }
                    return Map.of(1, "one", 2, "two");
                }))
                .build();

        assertThat(cache.getAll(List.of(1, 2, 3))).isEqualTo(Map.of(1, "one", 2, "two"));

        assertThat(limiter.getMetrics().getAvailablePermissions()).isEqualTo(8);
    }

    @Test
    void G7_anInterruptedBulkCall_isNotRetried() {
        var guard = Guard.builder()
                .retry(Parts.retry(3, Parts.NONE))
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .build();
        var gate = new Gate<Integer>();
        var cache = CoalescingCache.<Integer, String>builder("bulk")
                .bulkLoader(guard.bulkLoader(keys -> Map.of(1, gate.load(1))))
                .build();
        var call = Callers.onThread(() -> cache.getAll(List.of(1, 2)));
        gate.awaitEntered();

        call.thread().interrupt();

        assertThat(call.failure()).isInstanceOf(CallerInterruptedException.class);
        Callers.awaitTrue(() -> gate.interrupts() == 1);
        assertThat(gate.runs()).isEqualTo(1);
    }

    @RepeatedTest(20)
    void G11_aGuardedLoadThatWaitsForItsOwnKey_isFoundInTheThreadOfTheTimeLimiter() {
        var guard =
                Guard.builder().timeLimiter(Parts.timeLimiter(Parts.FOR_EVER)).build();
        var group = Group.<String, String>create("circle");
        var self = new AtomicReference<Loader<String, String>>();
        self.set(guard.loader(key -> group.load(key, self.get())));

        assertThatThrownBy(() -> group.load("key", self.get())).isInstanceOf(LoadCycleException.class);
    }
}
