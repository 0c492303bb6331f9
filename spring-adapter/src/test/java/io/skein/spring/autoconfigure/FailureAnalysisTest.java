package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.skein.Loader;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.Coalesced;
import io.skein.write.CacheWriter;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A bad value stops the start, and the message names the property, the value and the remedy. */
class FailureAnalysisTest {

    @EnableAutoConfiguration
    @Configuration
    static class Application {
        @Bean
        CircuitBreakerRegistry circuitBreakers() {
            var registry = CircuitBreakerRegistry.ofDefaults();
            registry.circuitBreaker("backend");
            return registry;
        }

        @Bean
        RetryRegistry retries() {
            var registry = RetryRegistry.ofDefaults();
            registry.retry("backend");
            return registry;
        }

        @Bean
        RateLimiterRegistry rateLimiters() {
            return RateLimiterRegistry.ofDefaults();
        }

        @Bean
        TimeLimiterRegistry timeLimiters() {
            return TimeLimiterRegistry.ofDefaults();
        }

        @Bean
        BulkheadRegistry bulkheads() {
            return BulkheadRegistry.ofDefaults();
        }

        @Bean
        CacheWriter<String, String> writer() {
            return new CacheWriter<>() {
                @Override
                public void write(String key, String value) {}

                @Override
                public void delete(String key) {}
            };
        }

        @Bean
        Executor loads() {
            return Runnable::run;
        }
    }

    @EnableAutoConfiguration
    @Configuration
    static class Bare {}

    private static Arguments bad(String properties, String... texts) {
        return Arguments.of(properties, List.of(texts));
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad(
                        "skein.caches.products.ttl=-1s",
                        "Property: skein.caches.products.ttl",
                        "Value: -1s",
                        "ttl must be positive, was PT-1S",
                        "Change it, or leave it out."),
                bad("skein.caches.products.ttl=0s", "Property: skein.caches.products.ttl", "ttl must be positive"),
                bad(
                        "skein.defaults.ttl=-1s skein.caches.products.max-loads=3",
                        "Property: skein.defaults.ttl",
                        "Value: -1s"),
                bad(
                        "skein.caches.products.stale-if-error=10m",
                        "Property: skein.caches.products.stale-if-error",
                        "Value: 10m",
                        "staleIfError needs ttl, which is not set",
                        "set ttl"),
                bad(
                        "skein.caches.products.ttl=1s skein.caches.products.refresh-ahead=1.5",
                        "Property: skein.caches.products.refresh-ahead",
                        "Value: 1.5",
                        "refreshAhead must be greater than 0 and less than 1, was 1.5"),
                bad(
                        "skein.caches.products.ttl=1s skein.caches.products.refresh-ahead=-0.5",
                        "Property: skein.caches.products.refresh-ahead",
                        "Value: -0.5",
                        "greater than 0"),
                bad(
                        "skein.caches.products.ttl=1s skein.caches.products.ttl-jitter=1",
                        "Property: skein.caches.products.ttl-jitter",
                        "at least 0 and less than 1"),
                bad("skein.caches.products.refresh-ahead=0.5", "skein.caches.products.refresh-ahead", "needs ttl"),
                bad(
                        "skein.caches.products.ttl=1s skein.caches.products.soft-timeout=1s",
                        "Property: skein.caches.products.soft-timeout",
                        "needs staleIfError"),
                bad(
                        "skein.caches.products.maximum-size=-1",
                        "skein.caches.products.maximum-size",
                        "Value: -1",
                        "must not be negative"),
                bad(
                        "skein.caches.products.maximum-weight=1MB",
                        "Property: skein.caches.products.maximum-weight",
                        "Value: 1MB",
                        "maximumWeight needs weigher"),
                bad(
                        "skein.caches.products.maximum-weight=1MB skein.caches.products.maximum-size=1",
                        "Property: skein.caches.products.maximum",
                        "maximumWeight"),
                bad(
                        "skein.caches.products.forget-stuck=true",
                        "Property: skein.caches.products.forget-stuck",
                        "Value: true",
                        "stuckAfter is not set"),
                bad("skein.streams.exports.keep-size=1MB", "Property: skein.streams.exports.keep-size"),
                bad("skein.streams.exports.max-readers=0", "maxReaders must be positive, was 0"),
                bad("skein.groups.reports.forget-stuck=true", "Property: skein.groups.reports.forget-stuck"),
                bad(
                        "skein.groups.reports.stuck-after=2s skein.groups.reports.load-timeout=1s",
                        "Property: skein.groups.reports.stuck-after",
                        "Value: 2s",
                        "shorter than loadTimeout"),
                bad(
                        "skein.groups.reports.max-flights=0",
                        "Property: skein.groups.reports.max-flights",
                        "Value: 0",
                        "maxFlights must be positive"),
                bad(
                        "skein.caches.products.key-type=java.lang.Long",
                        "Property: skein.caches.products.key-type",
                        "needs value-type",
                        "Set both, or neither"),
                bad(
                        "skein.caches.products.value-type=java.lang.Long",
                        "Property: skein.caches.products.value-type",
                        "needs key-type"),
                bad(
                        "skein.caches.products.executor=load",
                        "Property: skein.caches.products.executor",
                        "Value: load",
                        "no bean of this name that is a Executor",
                        "Did you mean 'loads'?"),
                bad(
                        "skein.caches.products.loader=loads",
                        "Property: skein.caches.products.loader",
                        "Value: loads",
                        "must be a Loader"),
                bad(
                        "skein.caches.products.circuit-breaker=backed",
                        "Property: skein.caches.products.circuit-breaker",
                        "Value: backed",
                        "no circuit breaker of this name",
                        "Did you mean 'backend'?",
                        "There is: backend."),
                bad(
                        "skein.groups.reports.retry=nothing-like-it",
                        "Property: skein.groups.reports.retry",
                        "no retry of this name",
                        "There is: backend."),
                bad(
                        "skein.defaults.rate-limiter=x skein.caches.products.ttl=1s",
                        "Property: skein.defaults.rate-limiter",
                        "There is no rate limiter."),
                bad("skein.caches.products.time-limiter=x", "skein.caches.products.time-limiter", "no time limiter"),
                bad("skein.caches.products.bulkhead=x", "skein.caches.products.bulkhead", "no bulkhead"),
                bad(
                        "skein.caches.eu/products.ttl=1s",
                        "Property: skein.caches.eu/products.ttl",
                        "Value: 1s",
                        "goes into brackets",
                        "Write skein.caches[eu/products].ttl."),
                bad("skein.caches[eu/products].ttl=-1s", "Property: skein.caches[eu/products].ttl", "Value: -1s"),
                bad(
                        "skein.caches.posts.write-behind.max-pending=5",
                        "Property: skein.caches.posts.write-behind.max-pending",
                        "Value: 5",
                        "needs write-behind.writer",
                        "Name a CacheWriter bean there"),
                bad(
                        "skein.caches.posts.write-behind.writer=write",
                        "Property: skein.caches.posts.write-behind.writer",
                        "no bean of this name that is a CacheWriter",
                        "Did you mean 'writer'?"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.max-delay=-1s",
                        "Property: skein.caches.posts.write-behind.max-delay",
                        "Value: -1s",
                        "maxDelay must be positive"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.defaults.write-behind.max-pending=0",
                        "Property: skein.defaults.write-behind.max-pending",
                        "maxPending must be positive"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.max-buffered=5",
                        "Property: skein.caches.posts.write-behind.max-buffered",
                        "maxBuffered must be at least maxPending"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.journal=x.journal",
                        "Property: skein.caches.posts.write-behind.journal",
                        "needs write-behind.journal-keys",
                        "utf8"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.journal-keys=utf8",
                        "Property: skein.caches.posts.write-behind.journal-keys",
                        "needs write-behind.journal"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.journal=/"
                                + " skein.caches.posts.write-behind.journal-keys=utf8"
                                + " skein.caches.posts.write-behind.journal-values=utf8",
                        "Property: skein.caches.posts.write-behind.journal",
                        "Value: /",
                        "Name another file"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-behind.journal-keys=utf",
                        "Property: skein.caches.posts.write-behind.journal-keys",
                        "no bean of this name that is a Codec"),
                bad(
                        "skein.caches.posts.write-behind.writer=writer skein.caches.posts.write-through=writer",
                        "Property: skein.caches.posts.write-through",
                        "only one writer can be set"));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void aBadValue_isNamed_withItsPropertyAndARemedy(String properties, List<String> texts) {
        assertThat(FailureTexts.of(List.of(Application.class), properties.split(" ")))
                .contains(texts);
    }

    static Stream<Arguments> unknown() {
        return Stream.of(
                bad(
                        "skein.caches.products.tttl=1s",
                        "Skein has no such property",
                        "skein.caches.products.tttl",
                        "Value: 1s",
                        "Did you mean 'skein.caches.products.ttl'?"),
                bad("skein.caches.products.stale-on-error=1s", "Did you mean 'skein.caches.products.stale-if-error'?"),
                bad("skein.defaults.refreshahaed=0.5", "Did you mean 'skein.defaults.refresh-ahead'?"),
                bad(
                        "skein.streams.exports.ttl=1s",
                        "There is under 'skein.streams.exports.': cancel-when-abandoned, directory"),
                bad("skein.streams.exports.keepfor2=1s", "Did you mean 'skein.streams.exports.keep-for'?"),
                bad("skein.groups.reports.ttl=1s", "There is under 'skein.groups.reports.': bulkhead, caller-timeout"),
                bad("skein.transaction-awair=true", "Did you mean 'skein.transaction-aware'?"),
                bad("skein.cache.products.ttl=1s", "Did you mean 'skein.caches.products.ttl'?"),
                bad(
                        "skein.caches.posts.write-behind.max-pendign=5",
                        "Did you mean 'skein.caches.posts.write-behind.max-pending'?"),
                bad(
                        "skein.defaults.write-behind.max-dealy=5s",
                        "Did you mean 'skein.defaults.write-behind.max-delay'?"),
                bad("skein.endpoint.show-key=true", "Did you mean 'skein.endpoint.show-keys'?"),
                bad(
                        "skein.caches.eu.products.ttl=1s",
                        "Did you mean 'skein.caches[eu.products].ttl'?",
                        "goes into brackets"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void anUnknownProperty_isNamed_withWhatMayHaveBeenMeant(String properties, List<String> texts) {
        assertThat(FailureTexts.of(List.of(Application.class), properties.split(" ")))
                .contains(texts);
    }

    @Test
    void aValueOfAnotherType_isTold() {
        assertThat(FailureTexts.of(List.of(Application.class), "skein.caches.products.ttl=soon"))
                .contains("skein.caches.products.ttl")
                .contains("soon")
                .contains("java.time.Duration");
    }

    @Test
    void aBreakerWithoutARegistry_isTold() {
        assertThat(FailureTexts.of(List.of(Bare.class), "skein.caches.products.circuit-breaker=backend"))
                .contains("there is no CircuitBreakerRegistry bean")
                .contains("Add Resilience4j's starter, or define one.");
    }

    @Configuration
    static class TwoLoaders {
        @Bean
        @CacheLoaderFor("products")
        Loader<Long, String> one() {
            return id -> "one";
        }

        @Bean
        @CacheLoaderFor("products")
        Loader<Long, String> other() {
            return id -> "other";
        }
    }

    @Test
    void aContradictionThatNoPropertyHasMade_isNotBlamedOnOne() {
        assertThat(FailureTexts.of(List.of(Bare.class, TwoLoaders.class), "skein.caches.products.ttl=1s"))
                .contains("Property: skein.caches.products.*")
                .contains("only one loader can be set besides a bulkLoader")
                .contains("Beans are part of it: its loaders and customizers.")
                .doesNotContain("Value: 1s");
    }

    @Test
    void anUnknownCache_isTold_ifNoneMayBeCreated() {
        assertThat(FailureTexts.of(
                        List.of(Bare.class, Misspelt.class),
                        "skein.create-unknown=false",
                        "skein.caches.products.ttl=1s"))
                .contains("there is no cache of this name")
                .contains("Did you mean 'products'?");
    }

    static class Misspelt {
        @Coalesced("prodcuts")
        public String find(long id) {
            return "";
        }
    }

    @Test
    void whatIsOfOthers_isLeftToOthers() {
        assertThat(new UnknownPropertyFailureAnalyzer().analyze(new IllegalStateException("something else")))
                .isNull();
    }
}
