package io.skein.spring.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How loads fly: what groups and caches have in common. What is null is not set. */
public class FlightProperties {
    /** How long one caller waits for a load, from its own arrival. Loads run on an executor then. */
    private @Nullable Duration callerTimeout;

    /** How long one load may run before its callers fail and its key is free. Loads run on an executor then. */
    private @Nullable Duration loadTimeout;

    /** Name of the Executor bean that loads run on, instead of on the thread of the caller that leads. */
    private @Nullable String executor;

    /** Whether a load is cancelled when all its callers have left. True unless set. */
    private @Nullable Boolean cancelWhenAbandoned;

    /** How many loads may be in flight before further ones are rejected. */
    private @Nullable Integer maxFlights;

    /** How many callers may wait for one load before further ones are rejected. */
    private @Nullable Integer maxCallersPerFlight;

    /** After what time a load is reported as stuck. */
    private @Nullable Duration stuckAfter;

    /** Whether a stuck load is also forgotten, so that newcomers start another. Needs stuck-after. */
    private @Nullable Boolean forgetStuck;

    /** Name of the Resilience4j circuit breaker that every load passes. */
    private @Nullable String circuitBreaker;

    /** Name of the Resilience4j retry that every load passes. */
    private @Nullable String retry;

    /** Name of the Resilience4j rate limiter that every load passes. */
    private @Nullable String rateLimiter;

    /** Name of the Resilience4j time limiter that every load passes. */
    private @Nullable String timeLimiter;

    /** Name of the Resilience4j bulkhead that every load passes. */
    private @Nullable String bulkhead;

    public @Nullable Duration getCallerTimeout() {
        return callerTimeout;
    }

    public void setCallerTimeout(@Nullable Duration callerTimeout) {
        this.callerTimeout = callerTimeout;
    }

    public @Nullable Duration getLoadTimeout() {
        return loadTimeout;
    }

    public void setLoadTimeout(@Nullable Duration loadTimeout) {
        this.loadTimeout = loadTimeout;
    }

    public @Nullable String getExecutor() {
        return executor;
    }

    public void setExecutor(@Nullable String executor) {
        this.executor = executor;
    }

    public @Nullable Boolean getCancelWhenAbandoned() {
        return cancelWhenAbandoned;
    }

    public void setCancelWhenAbandoned(@Nullable Boolean cancelWhenAbandoned) {
        this.cancelWhenAbandoned = cancelWhenAbandoned;
    }

    public @Nullable Integer getMaxFlights() {
        return maxFlights;
    }

    public void setMaxFlights(@Nullable Integer maxFlights) {
        this.maxFlights = maxFlights;
    }

    public @Nullable Integer getMaxCallersPerFlight() {
        return maxCallersPerFlight;
    }

    public void setMaxCallersPerFlight(@Nullable Integer maxCallersPerFlight) {
        this.maxCallersPerFlight = maxCallersPerFlight;
    }

    public @Nullable Duration getStuckAfter() {
        return stuckAfter;
    }

    public void setStuckAfter(@Nullable Duration stuckAfter) {
        this.stuckAfter = stuckAfter;
    }

    public @Nullable Boolean getForgetStuck() {
        return forgetStuck;
    }

    public void setForgetStuck(@Nullable Boolean forgetStuck) {
        this.forgetStuck = forgetStuck;
    }

    public @Nullable String getCircuitBreaker() {
        return circuitBreaker;
    }

    public void setCircuitBreaker(@Nullable String circuitBreaker) {
        this.circuitBreaker = circuitBreaker;
    }

    public @Nullable String getRetry() {
        return retry;
    }

    public void setRetry(@Nullable String retry) {
        this.retry = retry;
    }

    public @Nullable String getRateLimiter() {
        return rateLimiter;
    }

    public void setRateLimiter(@Nullable String rateLimiter) {
        this.rateLimiter = rateLimiter;
    }

    public @Nullable String getTimeLimiter() {
        return timeLimiter;
    }

    public void setTimeLimiter(@Nullable String timeLimiter) {
        this.timeLimiter = timeLimiter;
    }

    public @Nullable String getBulkhead() {
        return bulkhead;
    }

    public void setBulkhead(@Nullable String bulkhead) {
        this.bulkhead = bulkhead;
    }
}
