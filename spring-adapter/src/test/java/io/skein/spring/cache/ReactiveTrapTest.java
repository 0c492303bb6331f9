package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** With other caches, whoever gives up a reactive result takes it from all that wait for it. */
class ReactiveTrapTest {
    private final ApplicationContextRunner application = Caching.application().withBean(Remote.class);

    static class Remote {
        final AtomicInteger subscriptions = new AtomicInteger();
        final AtomicInteger cancellations = new AtomicInteger();
        final Sinks.One<String> answer = Sinks.one();

        private Mono<String> asked() {
            return answer.asMono()
                    .doOnSubscribe(any -> subscriptions.incrementAndGet())
                    .doOnCancel(cancellations::incrementAndGet);
        }

        @Cacheable("things")
        public Mono<String> plain(long id) {
            return asked();
        }

        @Cacheable(cacheNames = "things", sync = true)
        public Mono<String> sync(long id) {
            return asked();
        }

        @Cacheable(cacheNames = "things", unless = "#result == 'never'")
        public Mono<String> unless(long id) {
            return asked();
        }

        @Cacheable("things")
        public Flux<String> flux(long id) {
            return asked().flux();
        }

        @Cacheable("things")
        public CompletableFuture<String> future(long id) {
            return asked().toFuture();
        }
    }

    interface Way {
        Mono<String> of(Remote remote);
    }

    static Stream<Arguments> waysAndNulls() {
        return Stream.<Way>of(
                        remote -> remote.plain(1),
                        remote -> remote.sync(1),
                        remote -> remote.unless(1),
                        remote -> remote.flux(1).next())
                .flatMap(way -> Stream.of(true, false).map(keepsNull -> Arguments.of(way, keepsNull)));
    }

    @ParameterizedTest
    @MethodSource("waysAndNulls")
    void G6_aTimeoutOfOneCaller_leavesTheOthersAlone(Way way, boolean keepsNull) {
        application.withPropertyValues("skein.cache-null-values=" + keepsNull).run(context -> {
            var remote = context.getBean(Remote.class);
            var inside = Caching.inside(remote);
            var hasty = way.of(remote);
            var patient = way.of(remote).toFuture();

            StepVerifier.create(hasty.timeout(Duration.ofMillis(50))).verifyError(TimeoutException.class);

            assertThat(patient).isNotDone();
            assertThat(inside.cancellations).hasValue(0);
            var late = way.of(remote).toFuture();
            inside.answer.tryEmitValue("answer");
            assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("answer");
            assertThat(late.get(30, TimeUnit.SECONDS)).isEqualTo("answer");
            assertThat(inside.subscriptions).hasValue(1);
            assertThat(Caching.cache(context, "things").get(1L)).isNotNull();
        });
    }

    @ParameterizedTest
    @MethodSource("waysAndNulls")
    void G8_whenAllHaveGivenUp_theSourceIsCancelledOnce(Way way, boolean keepsNull) {
        application.withPropertyValues("skein.cache-null-values=" + keepsNull).run(context -> {
            var remote = context.getBean(Remote.class);
            var inside = Caching.inside(remote);
            var first = way.of(remote).toFuture();
            var second = way.of(remote).toFuture();

            first.cancel(true);
            assertThat(inside.cancellations).hasValue(0);
            second.cancel(true);

            Caching.awaitTrue(() -> inside.cancellations.get() == 1);
            assertThat(Caching.natively(context, "things").flights()).isEmpty();
            var third = way.of(remote).toFuture();
            inside.answer.tryEmitValue("answer");
            assertThat(third.get(30, TimeUnit.SECONDS)).isEqualTo("answer");
            assertThat(inside.subscriptions).hasValue(2);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void G6_whateverIsDoneToAFuture_touchesNobodyElse(boolean keepsNull) {
        application.withPropertyValues("skein.cache-null-values=" + keepsNull).run(context -> {
            var remote = context.getBean(Remote.class);
            var patient = remote.future(1);

            remote.future(1).cancel(true);
            remote.future(1).complete("a lie");
            remote.future(1).completeExceptionally(new IllegalStateException("a lie"));
            assertThatThrownBy(() -> remote.future(1)
                            .orTimeout(50, TimeUnit.MILLISECONDS)
                            .join())
                    .hasCauseInstanceOf(TimeoutException.class);

            assertThat(patient).isNotDone();
            Caching.inside(remote).answer.tryEmitValue("answer");
            assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("answer");
            assertThat(Caching.natively(context, "things").getIfPresent(1L)).isEqualTo("answer");
        });
    }

    static class Streams {
        final AtomicInteger runs = new AtomicInteger();

        @Cacheable("lists")
        public Flux<Integer> flux(int count) {
            runs.incrementAndGet();
            return Flux.range(1, count);
        }

        @Cacheable(cacheNames = "lists", sync = true)
        public Flux<Integer> syncFlux(int count) {
            return flux(count);
        }

        @Cacheable("things")
        public Mono<String> empty(int id) {
            runs.incrementAndGet();
            return Mono.empty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFlux_isKeptAsAList_emptyOnesToo(boolean coalesce) {
        Caching.application()
                .withBean(Streams.class)
                .withPropertyValues("skein.coalesce-cacheable=" + coalesce)
                .run(context -> {
                    var streams = context.getBean(Streams.class);

                    for (var i = 0; i < 2; i++) {
                        assertThat(streams.flux(3).collectList().block(Caching.PATIENCE))
                                .containsExactly(1, 2, 3);
                        assertThat(streams.syncFlux(3).collectList().block(Caching.PATIENCE))
                                .containsExactly(1, 2, 3);
                        assertThat(streams.flux(0).collectList().block(Caching.PATIENCE))
                                .isEmpty();
                    }

                    assertThat(Caching.inside(streams).runs).hasValue(2);
                    assertThat(Caching.natively(context, "lists").getIfPresent(3))
                            .isEqualTo(List.of(1, 2, 3));
                });
    }

    @Test
    void anEmptyMono_isKeptAsNothing() {
        Caching.application().withBean(Streams.class).run(context -> {
            var streams = context.getBean(Streams.class);

            StepVerifier.create(streams.empty(1)).verifyComplete();
            StepVerifier.create(streams.empty(1)).verifyComplete();

            assertThat(Caching.inside(streams).runs).hasValue(1);
        });
    }
}
