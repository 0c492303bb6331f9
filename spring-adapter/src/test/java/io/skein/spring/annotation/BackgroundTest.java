package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.skein.LoadCycleException;
import io.skein.spring.Callers;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Mono;

/** Methods that are run again, or for nobody, or not at all: in the background, by a retry, behind an open breaker. */
class BackgroundTest {
    private final AtomicLong now = new AtomicLong(1);
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withBean(Ticker.class, () -> now::get)
            .withPropertyValues("skein.caches.products.ttl=10s")
            .withBean(Catalogue.class);

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean fails;
        private final ObjectProvider<Catalogue> self;

        Catalogue(ObjectProvider<Catalogue> self) {
            this.self = self;
        }

        private String next(String id) throws IOException {
            int call = calls.incrementAndGet();
            if (fails) {
                throw new IOException("call " + call);
            }
            return id + call + Thread.currentThread().getName();
        }

        @Coalesced("products")
        public String find(String id) throws IOException {
            return next(id);
        }

        @Coalesced(cacheNames = "products", unless = "#result.isEmpty()")
        public String choosy(String id) throws IOException {
            return next(id);
        }

        @Coalesced("products")
        public Mono<String> mono(String id) {
            return Mono.fromCallable(() -> next(id));
        }

        @Coalesced("products")
        public CompletableFuture<String> future(String id) throws IOException {
            return CompletableFuture.completedFuture(next(id));
        }

        @Coalesced(cacheNames = "products", unless = "#result.isNotThere()")
        public Mono<String> unlessFails(String id) {
            return Mono.just(id);
        }

        @Coalesced(group = "cycles")
        public String cycle(String id) {
            return self.getObject().cycle(id.isEmpty() ? id : id.substring(1));
        }
    }

    private static Catalogue behind(Catalogue proxy) {
        return AopTestUtils.getTargetObject(proxy);
    }

    @Test
    void C4_aMethodIsRunAgainInTheBackground_withTheArgumentsOfTheCall() {
        application
                .withPropertyValues("skein.caches.products.refresh-ahead=0.5")
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);
                    var cache = context.getBean(SkeinRegistry.class).<String, String>cache("products");
                    var first = catalogue.find("a");
                    assertThat(first).isEqualTo("a1" + Thread.currentThread().getName());

                    now.addAndGet(Duration.ofSeconds(6).toNanos());
                    var second = catalogue.find("a");

                    assertThat(second).isEqualTo(first);
                    Callers.awaitTrue(() -> !first.equals(cache.getIfPresent("a")));
                    assertThat(cache.getIfPresent("a"))
                            .startsWith("a2")
                            .doesNotContain(Thread.currentThread().getName());
                });
    }

    @Test
    void C5_aStaleResult_isServed_whileTheBreakerIsOpen() {
        application
                .withBean(CircuitBreakerRegistry.class, BackgroundTest::breakers)
                .withPropertyValues(
                        "skein.caches.products.stale-if-error=1h", "skein.caches.products.circuit-breaker=backend")
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);
                    var first = catalogue.find("a");
                    context.getBean(CircuitBreakerRegistry.class)
                            .circuitBreaker("backend")
                            .transitionToOpenState();

                    now.addAndGet(Duration.ofSeconds(11).toNanos());

                    assertThat(catalogue.find("a")).isEqualTo(first);
                    assertThat(catalogue.mono("a").block()).isEqualTo(first);
                    assertThatThrownBy(() -> catalogue.choosy("b")).isInstanceOf(CallNotPermittedException.class);
                    assertThatThrownBy(() -> catalogue.mono("b").block()).isInstanceOf(CallNotPermittedException.class);
                    assertThatThrownBy(() -> catalogue.future("b").join())
                            .hasCauseInstanceOf(CallNotPermittedException.class);
                    assertThat(behind(catalogue).calls).hasValue(1);
                });
    }

    private static CircuitBreakerRegistry breakers() {
        var registry = CircuitBreakerRegistry.ofDefaults();
        registry.circuitBreaker("backend");
        return registry;
    }

    @Test
    void C11_aRetry_runsTheMethodAgain_whateverItReturns() {
        var twice = RetryRegistry.of(RetryConfig.custom()
                .maxAttempts(2)
                .waitDuration(Duration.ofMillis(1))
                .build());
        twice.retry("twice");
        application
                .withBean(RetryRegistry.class, () -> twice)
                .withPropertyValues("skein.caches.products.retry=twice")
                .run(context -> {
                    var catalogue = context.getBean(Catalogue.class);
                    behind(catalogue).fails = true;

                    assertThatThrownBy(() -> catalogue.find("a")).hasMessage("call 2");
                    assertThatThrownBy(() -> catalogue.choosy("a")).hasMessage("call 4");
                    assertThatThrownBy(() -> catalogue.mono("a").block()).hasRootCauseMessage("call 6");
                    assertThatThrownBy(() -> catalogue.future("a").join()).hasRootCauseMessage("call 8");
                });
    }

    @Test
    void G5_anUnlessThatFails_isAFailedLoad_andLeavesNothingBehind() {
        application.run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThatThrownBy(() -> catalogue.unlessFails("a").block()).isInstanceOf(SpelEvaluationException.class);

            assertThat(context.getBean(SkeinRegistry.class)
                            .cache("products")
                            .stats()
                            .loadFailures())
                    .isEqualTo(1);
        });
    }

    @Test
    void G11_aMethodThatCallsItselfForItsOwnKey_failsAtOnce() {
        application.run(context -> assertThatThrownBy(
                        () -> context.getBean(Catalogue.class).cycle("ab"))
                .isInstanceOf(LoadCycleException.class));
    }
}
