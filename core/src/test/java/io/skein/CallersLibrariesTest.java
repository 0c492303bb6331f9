package io.skein;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failsafe.Failsafe;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.skein.Callers.Call;
import io.skein.cache.CoalescingCache;
import io.skein.resilience4j.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** G6: what the libraries of callers do to their futures is done to nobody else. */
class CallersLibrariesTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    /** A time limit around a caller's own future, as its user writes it. */
    enum Library {
        RESILIENCE4J_STAGE(TimeoutException.class) {
            @Override
            CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler) {
                return TimeLimiter.of(SHORT)
                        .executeCompletionStage(scheduler, () -> own)
                        .toCompletableFuture();
            }
        },
        RESILIENCE4J_FUTURE(TimeoutException.class) {
            @Override
            CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler) {
                try {
                    return CompletableFuture.completedFuture(
                            TimeLimiter.of(SHORT).executeFutureSupplier(() -> own));
                } catch (Exception e) {
                    return CompletableFuture.failedFuture(e);
                }
            }
        },
        FAILSAFE(TimeoutExceededException.class) {
            @Override
            CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler) {
                return Failsafe.with(Timeout.of(SHORT)).with(scheduler).getStageAsync(() -> own);
            }
        },
        FAILSAFE_WITH_INTERRUPT(TimeoutExceededException.class) {
            @Override
            CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler) {
                return Failsafe.with(Timeout.builder(SHORT).withInterrupt().build())
                        .with(scheduler)
                        .getStageAsync(() -> own);
            }
        },
        JDK(TimeoutException.class) {
            @Override
            CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler) {
                return own.orTimeout(SHORT.toMillis(), TimeUnit.MILLISECONDS);
            }
        };

        private final Class<? extends Throwable> failure;

        Library(Class<? extends Throwable> failure) {
            this.failure = failure;
        }

        abstract CompletableFuture<Object> limit(CompletableFuture<Object> own, ScheduledExecutorService scheduler);
    }

    /** A way to get a future; called again it is another caller of the same load. */
    enum Way {
        LOAD_ASYNC {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                var group = Group.<String, String>create("group");
                AsyncLoader<String, String> loader = key -> start(key, source);
                var guarded = guard == null ? loader : guard.asyncLoader(loader);
                return () -> group.loadAsync("key", guarded);
            }
        },
        SUPPLY_ASYNC {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                var group = Group.<String, String>create("group");
                var guarded = guard == null ? source : guard.loader(source);
                return () -> group.supplyAsync("key", guarded);
            }
        },
        GET_ASYNC {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                var cache = CoalescingCache.<String, String>builder("cache")
                        .loader(guard == null ? source : guard.loader(source))
                        .build();
                return () -> cache.getAsync("key");
            }
        },
        GET_ASYNC_OF_AN_ASYNC_LOADER {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                AsyncLoader<String, String> loader = key -> start(key, source);
                var cache = CoalescingCache.<String, String>builder("cache")
                        .asyncLoader(guard == null ? loader : guard.asyncLoader(loader))
                        .build();
                return () -> cache.getAsync("key");
            }
        },
        GET_ALL_ASYNC {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                BulkLoader<String, String> loader = keys -> Map.of("key", source.load("key"));
                var cache = CoalescingCache.<String, String>builder("cache")
                        .bulkLoader(guard == null ? loader : guard.bulkLoader(loader))
                        .build();
                return () -> cache.getAllAsync(List.of("key"));
            }

            @Override
            Object expected() {
                return Map.of("key", "value");
            }
        },
        REFRESH {
            @Override
            Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard) {
                var cache = CoalescingCache.<String, String>builder("cache")
                        .loader(guard == null ? source : guard.loader(source))
                        .build();
                cache.put("key", "old");
                return () -> cache.refresh("key");
            }
        };

        abstract Supplier<CompletableFuture<?>> open(Loader<String, String> source, Guard guard);

        Object expected() {
            return "value";
        }

        /** On a thread that is interrupted when the stage is cancelled. */
        static CompletableFuture<String> start(String key, Loader<String, String> source) {
            var stage = new CompletableFuture<String>();
            var thread = Callers.platform(() -> {
                try {
                    stage.complete(source.load(key));
                } catch (Throwable e) {
                    stage.completeExceptionally(e);
                }
            });
            stage.whenComplete((value, failure) -> {
                if (stage.isCancelled()) {
                    thread.interrupt();
                }
            });
            thread.start();
            return stage;
        }
    }

    static List<Arguments> all() {
        var all = new ArrayList<Arguments>();
        for (var way : Way.values()) {
            for (var library : Library.values()) {
                all.add(Arguments.of(way, library, false));
                all.add(Arguments.of(way, library, true));
            }
        }
        return all;
    }

    private static Guard guard() {
        return Guard.builder()
                .retry(Retry.ofDefaults("retry"))
                .circuitBreaker(CircuitBreaker.ofDefaults("breaker"))
                .rateLimiter(RateLimiter.ofDefaults("rateLimiter"))
                .timeLimiter(TimeLimiter.of(Duration.ofHours(1)))
                .bulkhead(Bulkhead.ofDefaults("bulkhead"))
                .build();
    }

    @ParameterizedTest(name = "{0}, {1}, guarded {2}")
    @MethodSource("all")
    void G6_aTimeLimitAroundOneCallersFuture_failsThatCallerAlone(Way way, Library library, boolean isGuarded) {
        var gate = new Gate<String>();
        var load = way.open(gate, isGuarded ? guard() : null);
        var leader = load.get();
        gate.awaitEntered();
        var follower = load.get();

        var limitedFollower = library.limit(objects(load.get()), scheduler);
        var limitedLeader = library.limit(objects(leader), scheduler);

        assertThat(failureOf(limitedFollower)).isInstanceOf(library.failure);
        assertThat(failureOf(limitedLeader)).isInstanceOf(library.failure);
        assertThat(follower).isNotDone();
        assertThat(gate.interrupts()).isZero();
        var late = load.get();
        gate.open();
        assertThat(valueOf(follower)).isEqualTo(way.expected());
        assertThat(valueOf(late)).isEqualTo(way.expected());
        assertThat(gate.runs()).isEqualTo(1);
        assertThat(gate.interrupts()).isZero();
    }

    @SuppressWarnings("unchecked") // the very future, since a dependent of it would be another one
    private static CompletableFuture<Object> objects(CompletableFuture<?> own) {
        return (CompletableFuture<Object>) own;
    }

    private static Throwable failureOf(CompletableFuture<Object> future) {
        return new Call<>(future, null, future).failure();
    }

    private static Object valueOf(CompletableFuture<?> future) {
        return new Call<>(objects(future), null, objects(future)).get();
    }
}
