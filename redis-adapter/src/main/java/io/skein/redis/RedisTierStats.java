package io.skein.redis;

import java.time.Duration;

/**
 * What has happened on the connection of a {@link RedisTier} so far: a snapshot.
 *
 * @param connects how often it was made
 * @param pushes messages of changes that Redis has sent
 * @param unreadable values in Redis that were not understood, and so are as if they were not there
 * @param incoherentTime how long there was none, so that caches loaded on their own
 * @param breaker state of the circuit breaker: {@code CLOSED}, {@code OPEN} or {@code HALF_OPEN}
 * @param connected whether there is one now
 */
public record RedisTierStats(
        long connects, long pushes, long unreadable, Duration incoherentTime, String breaker, boolean connected) {}
