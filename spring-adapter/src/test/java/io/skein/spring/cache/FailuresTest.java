package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Mono;

/** G5, by way of Spring. */
class FailuresTest {
    private final ApplicationContextRunner application = Caching.application().withBean(Flaky.class);

    static class Flaky {
        final AtomicInteger runs = new AtomicInteger();
        volatile Throwable failure;
        volatile Caching.Gate gate = new Caching.Gate();

        private Object ran() throws Exception {
            runs.incrementAndGet();
            gate.pass();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (Exception) failure;
            }
            return "good";
        }

        @Cacheable("things")
        public Object plain(long id) throws Exception {
            return ran();
        }

        @Cacheable(cacheNames = "things", sync = true)
        public Object sync(long id) throws Exception {
            return ran();
        }

        @Cacheable(cacheNames = "things", unless = "#result == 'bad'")
        public Object unless(long id) throws Exception {
            return ran();
        }

        @Cacheable(cacheNames = "things", sync = true)
        public CompletableFuture<Object> future(long id) {
            var started = new CompletableFuture<Object>();
            Caching.call(() -> {
                try {
                    return started.complete(ran());
                } catch (Throwable e) {
                    return started.completeExceptionally(e);
                }
            });
            return started;
        }

        @Cacheable("things")
        public Mono<Object> mono(long id) {
            return Mono.fromFuture(() -> future(id));
        }

        @Cacheable(cacheNames = "things", sync = true)
        public CompletableFuture<Object> thrower(long id) throws Exception {
            return CompletableFuture.completedFuture(ran());
        }
    }

    interface Way {
        Object of(Flaky flaky) throws Exception;
    }

    private static Object joined(CompletableFuture<?> future) throws Exception {
        return new Caching.Call<>(future, Thread.currentThread()).get();
    }

    static Stream<Arguments> waysAndFailures() {
        var ways = Stream.<Way>of(
                flaky -> flaky.plain(1),
                flaky -> flaky.sync(1),
                flaky -> flaky.unless(1),
                flaky -> joined(flaky.future(1)),
                flaky -> joined(flaky.mono(1).toFuture()));
        return ways.flatMap(way -> Stream.of(
                        new IOException("checked"),
                        new IllegalStateException("unchecked"),
                        new StackOverflowError("error"))
                .map(failure -> Arguments.of(way, failure)));
    }

    @ParameterizedTest
    @MethodSource("waysAndFailures")
    void G5_aFailure_isTheSameForAllCallers_andNotRemembered(Way way, Throwable failure) {
        application.run(context -> {
            var flaky = context.getBean(Flaky.class);
            var inside = Caching.inside(flaky);
            var cache = Caching.natively(context, "things");
            inside.failure = failure;

            var calls = Caching.calls(5, () -> way.of(flaky));
            inside.gate.awaitEntered();
            Caching.awaitCallers(cache, 5);
            inside.gate.open();

            for (var call : calls) {
                assertThat(call.failure()).isSameAs(failure);
            }
            assertThat(inside.runs).hasValue(1);
            assertThat(cache.entry(1L)).isEmpty();
            inside.failure = null;
            assertThat(way.of(flaky)).isEqualTo("good");
            assertThat(inside.runs).hasValue(2);
        });
    }

    @ParameterizedTest
    @MethodSource("waysAndFailures")
    void withoutCoalescing_eachCallerGetsItsOwn(Way way, Throwable failure) {
        application.withPropertyValues("skein.coalesce-cacheable=false").run(context -> {
            var flaky = context.getBean(Flaky.class);
            var inside = Caching.inside(flaky);
            inside.failure = failure;
            inside.gate.open();

            assertThat(Caching.call(() -> way.of(flaky)).failure()).isSameAs(failure);
            assertThat(Caching.call(() -> way.of(flaky)).failure()).isSameAs(failure);

            assertThat(inside.runs).hasValue(2);
            assertThat(Caching.natively(context, "things").entry(1L)).isEmpty();
        });
    }

    @Test
    void G5_aMethodThatThrowsInsteadOfReturningAFuture_failsTheFuture() {
        application.run(context -> {
            var flaky = context.getBean(Flaky.class);
            var inside = Caching.inside(flaky);
            inside.failure = new IOException("at once");
            inside.gate.open();

            var future = flaky.thrower(1);

            assertThat(future).isCompletedExceptionally();
            assertThat(new Caching.Call<>(future, Thread.currentThread()).failure())
                    .isSameAs(inside.failure);
        });
    }
}
