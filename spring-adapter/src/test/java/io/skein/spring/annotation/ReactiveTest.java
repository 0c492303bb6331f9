package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Callers;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.util.AopTestUtils;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ReactiveTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.names.ttl=1h");

    static class Names {
        final AtomicInteger subscriptions = new AtomicInteger();
        final AtomicInteger cancellations = new AtomicInteger();
        final List<Sinks.One<String>> answers = new ArrayList<>();
        final Sinks.Many<String> stream = Sinks.many().multicast().onBackpressureBuffer();

        private Mono<String> next() {
            return Mono.defer(() -> {
                        subscriptions.incrementAndGet();
                        Sinks.One<String> sink = Sinks.one();
                        answers.add(sink);
                        return sink.asMono();
                    })
                    .doOnCancel(cancellations::incrementAndGet);
        }

        @Coalesced("names")
        public Mono<String> kept(int key) {
            return next();
        }

        @Coalesced(cacheNames = "names", unless = "#result == 'bad'")
        public Mono<String> choosy(int key) {
            return next();
        }

        @Coalesced
        public Mono<String> passing(int key) {
            return next();
        }

        @Coalesced("names")
        public Flux<String> many(String key) {
            return stream.asFlux().doOnCancel(cancellations::incrementAndGet);
        }

        @Coalesced("names")
        public Flow.Publisher<String> flow(String key) {
            return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("a", "b"));
        }

        @Coalesced
        public Mono<String> user(int key) {
            return Mono.deferContextual(context -> Mono.just(context.get("user")));
        }

        @Coalesced
        public Mono<String> nothing(int key) {
            return null;
        }

        @Coalesced("names")
        public CompletableFuture<String> future(int key) {
            return next().toFuture();
        }

        @Coalesced(cacheNames = "names", unless = "#result == 'bad'")
        public CompletionStage<String> stage(int key) {
            return next().toFuture();
        }
    }

    private void run(Consumer<Names> test) {
        application.withBean(Names.class).run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(Names.class));
        });
    }

    /** Fields of a proxy are its own: the bean behind it has them. */
    private static Names behind(Names proxy) {
        return AopTestUtils.getTargetObject(proxy);
    }

    @Test
    void G6_aMonoThatTimesOut_disturbsNobodyElse() {
        run(names -> {
            var impatient = names.kept(1).timeout(Duration.ofMillis(50)).toFuture();
            var patient = names.kept(1).toFuture();

            assertThatThrownBy(impatient::join).hasCauseInstanceOf(TimeoutException.class);

            assertThat(behind(names).cancellations).hasValue(0);
            behind(names).answers.get(0).tryEmitValue("one");
            assertThat(patient.join()).isEqualTo("one");
            assertThat(behind(names).subscriptions).hasValue(1);
            assertThat(names.kept(1).block()).isEqualTo("one");
        });
    }

    @Test
    void G6_whoeverLeads_mayLeave_andTheOthersGetTheValue() {
        for (var kind : List.<Function<Names, Mono<String>>>of(
                names -> names.kept(1), names -> names.choosy(1), names -> names.passing(1))) {
            run(names -> {
                var leader = kind.apply(names).subscribe();
                var follower = kind.apply(names).toFuture();

                leader.dispose();

                behind(names).answers.get(0).tryEmitValue("one");
                assertThat(follower.join()).isEqualTo("one");
                assertThat(behind(names).cancellations).hasValue(0);
            });
        }
    }

    @Test
    void G8_whenAllHaveLeft_theSourceIsCancelled() {
        for (var kind : List.<Function<Names, Mono<String>>>of(
                names -> names.kept(1), names -> names.choosy(1), names -> names.passing(1))) {
            run(names -> {
                var first = kind.apply(names).subscribe();
                var second = kind.apply(names).subscribe();

                first.dispose();
                assertThat(behind(names).cancellations).hasValue(0);
                second.dispose();

                Callers.awaitTrue(() -> behind(names).cancellations.get() == 1);
            });
        }
    }

    @Test
    void aMono_asksForNothingUntilItIsSubscribedTo_andAnewForEachSubscriptionIfNothingIsKept() {
        run(names -> {
            var mono = names.passing(1);
            assertThat(behind(names).subscriptions).hasValue(0);

            var first = mono.toFuture();
            behind(names).answers.get(0).tryEmitValue("one");
            var second = mono.toFuture();
            behind(names).answers.get(1).tryEmitValue("two");

            assertThat(first.join()).isEqualTo("one");
            assertThat(second.join()).isEqualTo("two");
        });
    }

    @Test
    void unless_isAskedForWhatIsInside_andSharedByThoseThatWait() {
        run(names -> {
            var first = names.choosy(1).toFuture();
            var second = names.choosy(1).toFuture();
            behind(names).answers.get(0).tryEmitValue("bad");
            assertThat(first.join()).isEqualTo(second.join()).isEqualTo("bad");

            var third = names.choosy(1).toFuture();
            behind(names).answers.get(1).tryEmitValue("good");
            assertThat(third.join()).isEqualTo("good");

            assertThat(names.choosy(1).block()).isEqualTo("good");
            assertThat(behind(names).subscriptions).hasValue(2);
        });
    }

    @Test
    void G5_failures_areShared_andOfTheSameType() {
        run(names -> {
            var first = names.kept(1).toFuture();
            var second = names.kept(1).toFuture();

            behind(names).answers.get(0).tryEmitError(new IOException("down"));

            assertThatThrownBy(first::join).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(second::join).hasCauseInstanceOf(IOException.class);
            StepVerifier.create(names.nothing(1))
                    .verifyErrorMatches(e -> e.getMessage().contains("returned null"));
        });
    }

    @Test
    void aFlux_isReplayedToWhoeverComesLate_andKeptAsAList() {
        run(names -> {
            var early = names.many("a").collectList().toFuture();
            behind(names).stream.tryEmitNext("one");
            var late = names.many("a").collectList().toFuture();
            var leaving = names.many("a").subscribe();
            behind(names).stream.tryEmitNext("two");
            leaving.dispose();
            behind(names).stream.tryEmitComplete();

            assertThat(early.join()).containsExactly("one", "two");
            assertThat(late.join()).containsExactly("one", "two");
            StepVerifier.create(names.many("a").take(1)).expectNext("one").verifyComplete();
            assertThat(behind(names).cancellations).hasValue(0);
            StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(names.flow("b")))
                    .expectNext("a", "b")
                    .verifyComplete();
        });
    }

    @Test
    void theSource_seesTheContextOfWhoeverLeads() {
        run(names -> {
            assertThat(names.user(1)
                            .contextWrite(context -> context.put("user", "ada"))
                            .block())
                    .isEqualTo("ada");
            assertThat(names.user(1)
                            .contextWrite(context -> context.put("user", "bob"))
                            .block())
                    .isEqualTo("bob");
        });
    }

    @Test
    void anEmptyMono_isKeptOnlyIfAbsenceIs() {
        for (boolean isKept : List.of(false, true)) {
            application
                    .withPropertyValues(isKept ? "skein.caches.names.negative-ttl=1h" : "skein.caches.names.ttl=1h")
                    .withBean(Names.class)
                    .run(context -> {
                        var names = context.getBean(Names.class);
                        var first = names.kept(1).toFuture();
                        behind(names).answers.get(0).tryEmitEmpty();
                        assertThat(first.join()).isNull();

                        var second = names.kept(1).toFuture();

                        assertThat(second.isDone()).isEqualTo(isKept);
                        assertThat(behind(names).subscriptions).hasValue(isKept ? 1 : 2);
                        second.cancel(true);
                    });
        }
    }

    @Test
    void G6_futures_areEachCallersOwn() {
        run(names -> {
            var first = names.future(1);
            var second = names.future(1);
            assertThat(first).isNotSameAs(second);
            first.cancel(true);
            second.orTimeout(1, TimeUnit.HOURS);

            behind(names).answers.get(0).tryEmitValue("one");

            assertThat(second.join()).isEqualTo("one");
            assertThat(names.future(1).join()).isEqualTo("one");
            var staged = names.stage(2).toCompletableFuture();
            behind(names).answers.get(1).tryEmitValue("bad");
            assertThat(staged.join()).isEqualTo("bad");
        });
        application.withBean(Names.class).run(context -> {
            CoalescingCache<Integer, String> cache =
                    context.getBean(SkeinRegistry.class).cache("names");
            assertThat(cache.getIfPresent(2)).isNull();
        });
    }

    @Test
    void C2_anInvalidation_isNotOvertakenByAMonoThatWasUnderWay() {
        application.withBean(Names.class).run(context -> {
            var names = context.getBean(Names.class);
            CoalescingCache<Integer, String> cache =
                    context.getBean(SkeinRegistry.class).cache("names");
            var before = names.kept(1).toFuture();

            cache.invalidate(1);
            behind(names).answers.get(0).tryEmitValue("old");

            assertThat(before.join()).isEqualTo("old");
            assertThat(cache.getIfPresent(1)).isNull();
        });
    }
}
