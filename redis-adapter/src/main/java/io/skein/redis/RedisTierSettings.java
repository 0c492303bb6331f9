package io.skein.redis;

import java.time.Duration;

/** What a {@link RedisTierBuilder} has gathered. */
record RedisTierSettings(
        String namespace,
        Duration commandTimeout,
        Duration connectTimeout,
        Duration lease,
        Duration heartbeat,
        Duration heartbeatTimeout,
        Duration openTime,
        Duration longestWait,
        int maxInFlight,
        int maxValueBytes,
        int compressAbove) {}
