package io.skein.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;

/** What the tests guard with. */
final class Parts {
    static final Duration NONE = Duration.ZERO;
    static final Duration FOR_EVER = Duration.ofHours(1);

    private Parts() {}

    /** Opens when the last of so many calls has been recorded, if one of them failed, and stays open. */
    static CircuitBreaker breaker(int calls) {
        return CircuitBreaker.of("breaker", breakerConfig(calls).build());
    }

    static CircuitBreakerConfig.Builder breakerConfig(int calls) {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(calls)
                .minimumNumberOfCalls(calls)
                .failureRateThreshold(1)
                .waitDurationInOpenState(FOR_EVER)
                .permittedNumberOfCallsInHalfOpenState(calls);
    }

    /** A breaker that lets one more call pass, and opens or closes by that. */
    static CircuitBreaker halfOpenBreaker() {
        return halfOpen(breaker(1));
    }

    static CircuitBreaker halfOpen(CircuitBreaker breaker) {
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        return breaker;
    }

    static CircuitBreaker openBreaker() {
        var breaker = breaker(1);
        breaker.transitionToOpenState();
        return breaker;
    }

    static Retry retry(int attempts, Duration wait) {
        return Retry.of(
                "retry",
                RetryConfig.custom().maxAttempts(attempts).waitDuration(wait).build());
    }

    static Bulkhead bulkhead(int calls, Duration wait) {
        return Bulkhead.of(
                "bulkhead",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(calls)
                        .maxWaitDuration(wait)
                        .build());
    }

    static Bulkhead fullBulkhead() {
        var bulkhead = bulkhead(1, NONE);
        bulkhead.acquirePermission();
        return bulkhead;
    }

    /** So many permits in a period, and so long a wait for one. */
    static RateLimiter rateLimiter(int permits, Duration period, Duration wait) {
        return RateLimiter.of(
                "rateLimiter",
                RateLimiterConfig.custom()
                        .limitForPeriod(permits)
                        .limitRefreshPeriod(period)
                        .timeoutDuration(wait)
                        .build());
    }

    static RateLimiter drainedRateLimiter(Duration period, Duration wait) {
        var limiter = rateLimiter(1, period, wait);
        limiter.acquirePermission();
        return limiter;
    }

    static TimeLimiter timeLimiter(Duration time) {
        return timeLimiter(time, true);
    }

    static TimeLimiter timeLimiter(Duration time, boolean cancelRunning) {
        return TimeLimiter.of(
                "timeLimiter",
                TimeLimiterConfig.custom()
                        .timeoutDuration(time)
                        .cancelRunningFuture(cancelRunning)
                        .build());
    }
}
