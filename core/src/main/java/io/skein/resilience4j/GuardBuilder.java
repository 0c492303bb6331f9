package io.skein.resilience4j;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what a {@link Guard} protects a source with. Each is optional, and can be set once; a bad setting fails at
 * once, with an {@link IllegalArgumentException}, or a {@link NullPointerException} for null. With a registry, the one of
 * the name is looked up here and now, and made with the registry's default configuration if there is none.
 *
 * <p>Not thread-safe; the guard is.
 */
public final class GuardBuilder {
    private @Nullable Layer retry;
    private @Nullable Layer circuitBreaker;
    private @Nullable Layer rateLimiter;
    private @Nullable Layer timeLimiter;
    private @Nullable Layer bulkhead;
    private @Nullable Executor executor;

    GuardBuilder() {}

    /** Tries again what fails. The outermost: every attempt passes all the others. */
    public GuardBuilder retry(Retry newRetry) {
        requireNonNull(newRetry, "retry");
        retry = once("retry", retry, new RetryLayer(newRetry));
        return this;
    }

    /** Tries again what fails, as the retry of that name says. */
    public GuardBuilder retry(RetryRegistry registry, String name) {
        requireNonNull(registry, "registry of retry");
        return retry(registry.retry(notBlank("retry", name)));
    }

    /** Refuses loads while the source fails. */
    public GuardBuilder circuitBreaker(CircuitBreaker newCircuitBreaker) {
        requireNonNull(newCircuitBreaker, "circuitBreaker");
        circuitBreaker = once("circuitBreaker", circuitBreaker, new BreakerLayer(newCircuitBreaker));
        return this;
    }

    /** Refuses loads while the source fails, as the circuit breaker of that name says. */
    public GuardBuilder circuitBreaker(CircuitBreakerRegistry registry, String name) {
        requireNonNull(registry, "registry of circuitBreaker");
        return circuitBreaker(registry.circuitBreaker(notBlank("circuitBreaker", name)));
    }

    /** Limits how many loads begin in a period. */
    public GuardBuilder rateLimiter(RateLimiter newRateLimiter) {
        requireNonNull(newRateLimiter, "rateLimiter");
        rateLimiter = once("rateLimiter", rateLimiter, new RateLayer(newRateLimiter));
        return this;
    }

    /** Limits how many loads begin in a period, as the rate limiter of that name says. */
    public GuardBuilder rateLimiter(RateLimiterRegistry registry, String name) {
        requireNonNull(registry, "registry of rateLimiter");
        return rateLimiter(registry.rateLimiter(notBlank("rateLimiter", name)));
    }

    /** Limits how long each attempt may take. Blocking loads run on the {@link #executor} with this set. */
    public GuardBuilder timeLimiter(TimeLimiter newTimeLimiter) {
        requireNonNull(newTimeLimiter, "timeLimiter");
        timeLimiter = once("timeLimiter", timeLimiter, new TimeLayer(newTimeLimiter));
        return this;
    }

    /** Limits how long each attempt may take, as the time limiter of that name says. */
    public GuardBuilder timeLimiter(TimeLimiterRegistry registry, String name) {
        requireNonNull(registry, "registry of timeLimiter");
        return timeLimiter(registry.timeLimiter(notBlank("timeLimiter", name)));
    }

    /** Limits how many loads run at the same time. The innermost. */
    public GuardBuilder bulkhead(Bulkhead newBulkhead) {
        requireNonNull(newBulkhead, "bulkhead");
        bulkhead = once("bulkhead", bulkhead, new BulkheadLayer(newBulkhead));
        return this;
    }

    /** Limits how many loads run at the same time, as the bulkhead of that name says. */
    public GuardBuilder bulkhead(BulkheadRegistry registry, String name) {
        requireNonNull(registry, "registry of bulkhead");
        return bulkhead(registry.bulkhead(notBlank("bulkhead", name)));
    }

    /**
     * Where blocking loads run if there is a time limiter, and asynchronous ones go on after a wait. Default: virtual
     * threads where the JVM has them (21 and newer), else a pool of daemon threads that grows as needed. One given here
     * is left alone: nobody closes it.
     */
    public GuardBuilder executor(Executor newExecutor) {
        requireNonNull(newExecutor, "executor");
        executor = once("executor", executor, newExecutor);
        return this;
    }

    /**
     * The guard.
     *
     * @throws IllegalArgumentException if there is nothing to guard with, or no use for an executor
     */
    public Guard build() {
        var layers = new ArrayList<Layer>();
        add(layers, bulkhead);
        add(layers, timeLimiter);
        add(layers, rateLimiter);
        boolean mayUseExecutor = !layers.isEmpty() || retry != null;
        add(layers, circuitBreaker);
        add(layers, retry);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("a guard needs something to guard with: set one or more of"
                    + " circuitBreaker, retry, bulkhead, rateLimiter, timeLimiter");
        }
        if (executor != null && !mayUseExecutor) {
            throw new IllegalArgumentException("executor is of no use to a circuitBreaker alone: leave it out, or set"
                    + " one of retry, bulkhead, rateLimiter, timeLimiter");
        }
        return new Guard(layers, timeLimiter != null, executor == null ? LoadThreads.shared() : executor);
    }

    private static void add(List<Layer> layers, @Nullable Layer layer) {
        if (layer != null) {
            layers.add(layer);
        }
    }

    private static <T> T once(String setting, @Nullable T before, T now) {
        if (before != null) {
            throw new IllegalArgumentException(setting + " can be set once, was " + before + " and now " + now);
        }
        return now;
    }

    private static String notBlank(String setting, String name) {
        if (requireNonNull(name, () -> "name of " + setting).isBlank()) {
            throw new IllegalArgumentException("name of " + setting + " must not be blank, was " + Text.quote(name));
        }
        return name;
    }
}
