package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GuardBuilderTest {
    private static final CircuitBreakerRegistry BREAKERS = CircuitBreakerRegistry.ofDefaults();
    private static final RetryRegistry RETRIES = RetryRegistry.ofDefaults();
    private static final BulkheadRegistry BULKHEADS = BulkheadRegistry.ofDefaults();
    private static final RateLimiterRegistry RATE_LIMITERS = RateLimiterRegistry.ofDefaults();
    private static final TimeLimiterRegistry TIME_LIMITERS = TimeLimiterRegistry.ofDefaults();

    @Test
    void C11_theOrderIsThatOfResilience4j_inWhicheverOrderTheyAreSet() {
        var guard = Guard.builder()
                .bulkhead(BULKHEADS, "e")
                .circuitBreaker(BREAKERS, "b")
                .timeLimiter(TIME_LIMITERS, "d")
                .rateLimiter(RATE_LIMITERS, "c")
                .retry(RETRIES, "a")
                .build();

        assertThat(guard)
                .hasToString("Guard: Retry 'a' ( CircuitBreaker 'b' ( RateLimiter 'c' ( TimeLimiter 'd' ("
                        + " Bulkhead 'e' ( loader ) ) ) ) )");
    }

    @Test
    void C11_namesAreLookedUpInTheRegistry() {
        var registry = CircuitBreakerRegistry.ofDefaults();
        registry.circuitBreaker("db").transitionToOpenState();
        var guard = Guard.builder().circuitBreaker(registry, "db").build();

        assertThatThrownBy(() -> guard.loader(key -> "value").load("key"))
                .hasMessageContaining("CircuitBreaker 'db' is OPEN");
    }

    static List<Arguments> badSettings() {
        return List.of(
                bad("circuitBreaker", b -> b.circuitBreaker(null)),
                bad("registry of circuitBreaker", b -> b.circuitBreaker(null, "name")),
                bad("name of circuitBreaker", b -> b.circuitBreaker(BREAKERS, null)),
                bad("name of circuitBreaker must not be blank, was ' '", b -> b.circuitBreaker(BREAKERS, " ")),
                bad(
                        "circuitBreaker can be set once, was CircuitBreaker 'a' and now CircuitBreaker 'b'",
                        b -> b.circuitBreaker(CircuitBreaker.ofDefaults("a")).circuitBreaker(BREAKERS, "b")),
                bad("retry", b -> b.retry(null)),
                bad("registry of retry", b -> b.retry(null, "name")),
                bad("name of retry", b -> b.retry(RETRIES, null)),
                bad("name of retry must not be blank, was ''", b -> b.retry(RETRIES, "")),
                bad(
                        "retry can be set once, was Retry 'a' and now Retry 'a'",
                        b -> b.retry(RETRIES, "a").retry(RETRIES, "a")),
                bad("bulkhead", b -> b.bulkhead(null)),
                bad("registry of bulkhead", b -> b.bulkhead(null, "name")),
                bad("name of bulkhead", b -> b.bulkhead(BULKHEADS, null)),
                bad("name of bulkhead must not be blank, was '\\u000a'", b -> b.bulkhead(BULKHEADS, "\n")),
                bad(
                        "bulkhead can be set once, was Bulkhead 'a' and now Bulkhead 'b'",
                        b -> b.bulkhead(BULKHEADS, "a").bulkhead(BULKHEADS, "b")),
                bad("rateLimiter", b -> b.rateLimiter(null)),
                bad("registry of rateLimiter", b -> b.rateLimiter(null, "name")),
                bad("name of rateLimiter", b -> b.rateLimiter(RATE_LIMITERS, null)),
                bad("name of rateLimiter must not be blank, was ''", b -> b.rateLimiter(RATE_LIMITERS, "")),
                bad(
                        "rateLimiter can be set once, was RateLimiter 'a' and now RateLimiter 'b'",
                        b -> b.rateLimiter(RATE_LIMITERS, "a").rateLimiter(RATE_LIMITERS, "b")),
                bad("timeLimiter", b -> b.timeLimiter(null)),
                bad("registry of timeLimiter", b -> b.timeLimiter(null, "name")),
                bad("name of timeLimiter", b -> b.timeLimiter(TIME_LIMITERS, null)),
                bad("name of timeLimiter must not be blank, was ''", b -> b.timeLimiter(TIME_LIMITERS, "")),
                bad(
                        "timeLimiter can be set once, was TimeLimiter 'a' and now TimeLimiter 'b'",
                        b -> b.timeLimiter(TIME_LIMITERS, "a").timeLimiter(TIME_LIMITERS, "b")),
                bad("executor", b -> b.executor(null)),
                bad(
                        "a guard needs something to guard with: set one or more of circuitBreaker, retry, bulkhead,"
                                + " rateLimiter, timeLimiter",
                        GuardBuilder::build),
                bad(
                        "executor is of no use to a circuitBreaker alone: leave it out, or set one of retry, bulkhead,"
                                + " rateLimiter, timeLimiter",
                        b -> b.circuitBreaker(BREAKERS, "a")
                                .executor(Runnable::run)
                                .build()));
    }

    private static Arguments bad(String message, Consumer<GuardBuilder> setting) {
        return Arguments.of(message, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSettings")
    void aBadSetting_failsAtOnce_andIsNamed(String message, Consumer<GuardBuilder> setting) {
        assertThatThrownBy(() -> setting.accept(Guard.builder()))
                .isInstanceOfAny(IllegalArgumentException.class, NullPointerException.class)
                .hasMessage(message);
    }

    @Test
    void anExecutorGivenTwice_isRefused() {
        var builder = Guard.builder().executor(Runnable::run);

        assertThatThrownBy(() -> builder.executor(Runnable::run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("executor can be set once, was ");
    }

    @Test
    void aLoaderThatIsNull_isRefused() {
        var guard = Guard.builder().retry(RETRIES, "a").build();

        assertThatThrownBy(() -> guard.loader(null)).hasMessage("loader");
        assertThatThrownBy(() -> guard.asyncLoader(null)).hasMessage("loader");
        assertThatThrownBy(() -> guard.bulkLoader(null)).hasMessage("loader");
        assertThatThrownBy(() -> guard.contextLoader(null)).hasMessage("loader");
    }
}
