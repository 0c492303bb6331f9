/**
 * The bridge to Resilience4j: a {@link io.skein.resilience4j.Guard} puts its circuit breaker, retry, rate limiter, time
 * limiter and bulkhead around a loader (C11). Needs those of its modules on the class path that a guard is given things
 * of, and no other.
 *
 * <p>The way of a load: a guarded loader hands it to the {@code Guard}, which wraps it into its {@code Layer}s and runs
 * it; a load without blocking goes from {@code Promise} to {@code Promise}, one for each layer.
 *
 * <p>Uses {@link io.skein}, {@link io.skein.cache} and Resilience4j; known by nobody.
 */
@NullMarked
package io.skein.resilience4j;

import org.jspecify.annotations.NullMarked;
