package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.retry.MaxRetriesExceededException;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.skein.AsyncLoader;
import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Gate;
import io.skein.Group;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C11, G5: what the callers get of a guarded load. */
class OutcomeTest {
    private final Group<String, String> group = Group.create("guarded");

    /** A caller of one key, whose load is under guard in one of the two forms. */
    enum Form {
        BLOCKING {
            @Override
            Call<String> call(
                    Group<String, String> group,
                    Guard guard,
                    Loader<String, String> loader,
                    CompletableFuture<?> goAhead) {
                var guarded = guard.loader(loader);
                return Callers.onThread(() -> group.load("key", key -> {
                    goAhead.get();
                    return guarded.load(key);
                }));
            }
        },
        ASYNC {
            @Override
            Call<String> call(
                    Group<String, String> group,
                    Guard guard,
                    Loader<String, String> loader,
                    CompletableFuture<?> goAhead) {
                AsyncLoader<String, String> guarded = guard.asyncLoader(key -> onThread(key, loader));
                var own = group.loadAsync("key", key -> goAhead.thenCompose(ignored -> OutcomeTest.load(guarded, key)));
                return new Call<>(own, null, own);
            }
        };

        abstract Call<String> call(
                Group<String, String> group, Guard guard, Loader<String, String> loader, CompletableFuture<?> goAhead);

        Call<String> call(Group<String, String> group, Guard guard, Loader<String, String> loader) {
            return call(group, guard, loader, CompletableFuture.completedFuture(null));
        }
    }

    private static CompletableFuture<String> onThread(String key, Loader<String, String> loader) {
        var stage = new CompletableFuture<String>();
        var thread = Callers.platform(() -> {
            try {
                stage.complete(loader.load(key));
            } catch (Throwable e) {
                stage.completeExceptionally(e);
            }
        });
        thread.start();
        return stage;
    }

    private static CompletionStage<String> load(AsyncLoader<String, String> loader, String key) {
        try {
            return loader.load(key).thenApply(value -> value);
        } catch (Exception e) {
            throw new AssertionError("it tells of every failure by its stage", e);
        }
    }

    /** So many callers of one flight, whose load goes on when all are aboard. */
    private List<Call<String>> callers(int count, Form form, Guard guard, Loader<String, String> loader) {
        var allAboard = new CompletableFuture<Void>();
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < count; i++) {
            calls.add(form.call(group, guard, loader, allAboard));
            Callers.awaitCallers(group, "key", i + 1);
        }
        allAboard.complete(null);
        return calls;
    }

    static List<Arguments> refusals() {
        var refusals = new ArrayList<Arguments>();
        for (var form : Form.values()) {
            refusals.add(Arguments.of(
                    form,
                    CallNotPermittedException.class,
                    Guard.builder().circuitBreaker(Parts.openBreaker()).build()));
            refusals.add(Arguments.of(
                    form,
                    RequestNotPermitted.class,
                    Guard.builder()
                            .rateLimiter(Parts.drainedRateLimiter(Parts.FOR_EVER, Parts.NONE))
                            .build()));
            refusals.add(Arguments.of(
                    form,
                    BulkheadFullException.class,
                    Guard.builder().bulkhead(Parts.fullBulkhead()).build()));
            refusals.add(Arguments.of(
                    form,
                    TimeoutException.class,
                    Guard.builder()
                            .timeLimiter(Parts.timeLimiter(Duration.ofMillis(20)))
                            .build()));
        }
        return refusals;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusals")
    void C11_aRefusal_isThrownAsItIs(Form form, Class<? extends Throwable> kind, Guard guard) {
        var gate = new Gate<String>();

        var call = form.call(group, guard, gate);

        assertThat(call.failure()).isExactlyInstanceOf(kind).hasNoCause();
        assertThat(group.flights()).isEmpty();
        gate.open();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusals")
    void C11_aRefusal_isTheSameInstanceForLeaderAndFollowers(Form form, Class<? extends Throwable> kind, Guard guard) {
        var calls = callers(5, form, guard, new Gate<>());

        var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        calls.forEach(call -> seen.add(call.failure()));
        assertThat(seen).hasSize(1).allSatisfy(e -> assertThat(e).isExactlyInstanceOf(kind));
    }

    static List<Arguments> failures() {
        var failures = new ArrayList<Arguments>();
        for (var form : Form.values()) {
            failures.add(Arguments.of(form, new IOException("checked")));
            failures.add(Arguments.of(form, new IllegalStateException("unchecked")));
            failures.add(Arguments.of(form, new StackOverflowError("error")));
            failures.add(Arguments.of(form, new TimeoutException("the loader's own")));
        }
        return failures;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("failures")
    void G5_whatTheLoaderThrows_passesAllLayersUnchanged(Form form, Throwable failure) {
        var guard = allOfThem(3);
        var loads = new AtomicInteger();

        var call = form.call(group, guard, key -> {
            loads.incrementAndGet();
            throw io.skein.internal.Sneaky.rethrow(failure);
        });

        assertThat(call.failure()).isSameAs(failure);
        assertThat(failure.getSuppressed()).isEmpty();
        assertThat(loads).as("errors are not retried").hasValue(failure instanceof Error ? 1 : 3);
    }

    private static Guard allOfThem(int attempts) {
        return Guard.builder()
                .retry(Parts.retry(attempts, Duration.ofMillis(1)))
                .circuitBreaker(Parts.breaker(100))
                .rateLimiter(Parts.rateLimiter(100, Parts.FOR_EVER, Parts.NONE))
                .timeLimiter(Parts.timeLimiter(Parts.FOR_EVER))
                .bulkhead(Parts.bulkhead(1, Parts.NONE))
                .build();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_aHundredCallers_takeOnePermit(Form form) {
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var limiter = Parts.rateLimiter(10, Parts.FOR_EVER, Parts.NONE);
        var breaker = Parts.breaker(100);
        var guard = Guard.builder()
                .bulkhead(bulkhead)
                .rateLimiter(limiter)
                .circuitBreaker(breaker)
                .build();
        var gate = new Gate<String>();
        var calls = new ArrayList<Call<String>>();
        for (int i = 0; i < 100; i++) {
            calls.add(form.call(group, guard, gate));
        }
        Callers.awaitCallers(group, "key", 100);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isZero();

        gate.open();

        assertThat(calls).allSatisfy(call -> assertThat(call.get()).isEqualTo("value"));
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(limiter.getMetrics().getAvailablePermissions()).isEqualTo(9);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
        assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_eachAttempt_takesItsPermit_andIsRecorded(Form form) {
        var limiter = Parts.rateLimiter(10, Parts.FOR_EVER, Parts.NONE);
        var breaker = Parts.breaker(100);
        var guard = Guard.builder()
                .retry(Parts.retry(3, Duration.ofMillis(1)))
                .rateLimiter(limiter)
                .circuitBreaker(breaker)
                .build();
        var loads = new AtomicInteger();

        var call = form.call(group, guard, key -> {
            if (loads.incrementAndGet() < 3) {
                throw new IOException("down");
            }
            return "value";
        });

        assertThat(call.get()).isEqualTo("value");
        assertThat(limiter.getMetrics().getAvailablePermissions()).isEqualTo(7);
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(2);
        assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_aGuardAroundAGuard_isAnotherOrder(Form form) {
        var breaker = Parts.breaker(100);
        var outer = Guard.builder().circuitBreaker(breaker).build();
        var inner = Guard.builder().retry(Parts.retry(3, Duration.ofMillis(1))).build();
        var loads = new AtomicInteger();

        var call = form.call(group, outer, inner.loader(key -> {
            throw new IOException("down " + loads.incrementAndGet());
        }));

        assertThat(call.failure()).hasMessage("down 3");
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_anError_isRecordedByAHalfOpenBreaker_andKeepsNoPermit(Form form) {
        var breaker = Parts.halfOpenBreaker();
        var bulkhead = Parts.bulkhead(1, Parts.NONE);
        var guard = Guard.builder().circuitBreaker(breaker).bulkhead(bulkhead).build();

        var call = form.call(group, guard, key -> {
            throw new AssertionError("broken");
        });

        assertThat(call.failure()).isInstanceOf(AssertionError.class).hasMessage("broken");
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_anErrorThatAHalfOpenBreakerIgnores_givesItsPermitBack(Form form) {
        var breaker = Parts.halfOpen(CircuitBreaker.of(
                "breaker", Parts.breakerConfig(1).ignoreExceptions(Error.class).build()));
        var guard = Guard.builder().circuitBreaker(breaker).build();

        var call = form.call(group, guard, key -> {
            throw new AssertionError("broken");
        });

        assertThat(call.failure()).isInstanceOf(AssertionError.class);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(form.call(group, guard, key -> "value").get()).isEqualTo("value");
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_aPredicateThatThrows_losesNeitherThePermitNorTheFailure(Form form) {
        var breaker = Parts.halfOpen(CircuitBreaker.of(
                "breaker",
                Parts.breakerConfig(1)
                        .recordException(e -> {
                            throw new IllegalStateException("of the predicate");
                        })
                        .build()));
        var retry = Retry.of(
                "retry",
                RetryConfig.custom()
                        .retryOnException(e -> {
                            throw new IllegalStateException("of the predicate");
                        })
                        .build());
        var guard = Guard.builder().circuitBreaker(breaker).retry(retry).build();

        var call = form.call(group, guard, key -> {
            throw new IOException("down");
        });

        assertThat(call.failure()).isInstanceOf(IOException.class).hasMessage("down");
        assertThat(form.call(group, guard, key -> "value").get()).isEqualTo("value");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_aResultPredicateThatThrows_failsTheLoad_andKeepsNoPermit(Form form) {
        var breaker = Parts.halfOpen(CircuitBreaker.of(
                "breaker",
                Parts.breakerConfig(1)
                        .recordResult(value -> {
                            throw new IllegalStateException("of the predicate for " + value);
                        })
                        .build()));
        var guard = Guard.builder().circuitBreaker(breaker).build();

        assertThat(form.call(group, guard, key -> "value").failure()).hasMessage("of the predicate for value");
        assertThat(form.call(group, guard, key -> null).get()).isNull();
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    // C5

    @ParameterizedTest
    @ValueSource(strings = {"loader", "asyncLoader", "contextLoader", "bulkLoader"})
    void C5_whileTheBreakerIsOpen_staleValuesAreServed(String kind) {
        var clock = new AtomicLong();
        var breaker = Parts.breaker(1);
        var guard = Guard.builder().circuitBreaker(breaker).build();
        var loads = new AtomicInteger();
        var builder = CoalescingCache.<String, String>builder("stale")
                .ticker(clock::get)
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofMinutes(10));
        var cache = switch (kind) {
            case "loader" -> builder.loader(guard.loader(key -> "value " + loads.incrementAndGet()));
            case "asyncLoader" ->
                builder.asyncLoader(guard.asyncLoader(
                        key -> CompletableFuture.completedFuture("value " + loads.incrementAndGet())));
            case "contextLoader" ->
                builder.contextLoader(
                        guard.contextLoader((key, context) -> Loaded.of("value " + loads.incrementAndGet())));
            default -> builder.bulkLoader(guard.bulkLoader(keys -> Map.of("key", "value " + loads.incrementAndGet())));
        };
        var products = cache.build();
        assertThat(products.get("key")).isEqualTo("value 1");
        breaker.transitionToOpenState();

        clock.addAndGet(Duration.ofSeconds(20).toNanos());

        assertThat(products.get("key")).isEqualTo("value 1");
        assertThat(products.getAsync("key").join()).isEqualTo("value 1");
        assertThatThrownBy(() -> products.get("cold")).isInstanceOf(CallNotPermittedException.class);
        assertThatThrownBy(() -> products.getAsync("cold").join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CallNotPermittedException.class);
        assertThat(loads).hasValue(1);
        breaker.transitionToClosedState();
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(products.get("key")).isEqualTo("value 2");
    }

    // Results

    private static Retry retryOn(java.util.function.Predicate<Object> result, boolean fail) {
        return Retry.of(
                "retry",
                RetryConfig.custom()
                        .maxAttempts(3)
                        .waitDuration(Duration.ofMillis(1))
                        .retryOnResult(result)
                        .failAfterMaxAttempts(fail)
                        .build());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_retryOnResult_loadsAgain(Form form) {
        var guard = Guard.builder()
                .retry(retryOn(value -> value == null || value.equals("not yet"), false))
                .build();
        var answers = List.of("not yet", "value");
        var loads = new AtomicInteger();

        assertThat(form.call(group, guard, key -> answers.get(loads.getAndIncrement()))
                        .get())
                .isEqualTo("value");
        assertThat(form.call(group, guard, key -> null).get()).isNull();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void C11_whenNoResultIsGoodEnough_theLoadFailsIfTheRetrySaysSo(Form form) {
        var guard = Guard.builder().retry(retryOn("not yet"::equals, true)).build();
        var loads = new AtomicInteger();

        var call = form.call(group, guard, key -> {
            loads.incrementAndGet();
            return "not yet";
        });

        assertThat(call.failure()).isInstanceOf(MaxRetriesExceededException.class);
        assertThat(loads).hasValue(3);
    }

    @Test
    void C11_predicatesSeeTheLoaded_ofAContextLoader_andTheMap_ofABulkLoader() throws Exception {
        var seen = Collections.synchronizedList(new ArrayList<Object>());
        var guard = Guard.builder().retry(retryOn(seen::add, false)).build();
        var loaded = Loaded.of("value").ttl(Duration.ofSeconds(1));
        var cache = CoalescingCache.<String, String>builder("context")
                .contextLoader(guard.contextLoader((key, context) -> loaded))
                .build();

        assertThat(cache.get("key")).isEqualTo("value");
        assertThat(seen).hasSize(3).allMatch(result -> result == loaded);

        seen.clear();
        assertThat(guard.<String, String>bulkLoader(keys -> Map.of("a", "b")).loadAll(Set.of("a")))
                .isEqualTo(Map.of("a", "b"));
        assertThat(seen).hasSize(3).containsOnly(Map.of("a", "b"));
    }
}
