package io.skein.spring.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The Redis by which caches are shared with other JVMs: see {@code io.skein.redis.RedisTierBuilder}. What is null is not set. */
public final class RedisProperties {
    /**
     * Where Redis is, as Lettuce reads it: redis, rediss for TLS, redis-sentinel. Where Boot's RedisConnectionDetails or
     * spring.data.redis say it is unless set.
     */
    private @Nullable String uri;

    /**
     * What all names in Redis begin with: applications share the caches of one namespace. spring.application.name unless
     * set, with a dash for what is no letter, digit, dot, dash or underscore, or skein without that.
     */
    private @Nullable String namespace;

    /** How long an answer of Redis is waited for before a load goes on without. 100ms unless set. */
    private @Nullable Duration commandTimeout;

    /** How long a connection may take. 5s unless set. */
    private @Nullable Duration connectTimeout;

    /** How long other JVMs wait for one that loads a key if nothing is heard of it. 3s unless set. */
    private @Nullable Duration lease;

    /** How often Redis is asked whether it is there. 500ms unless set. */
    private @Nullable Duration heartbeat;

    /** How long a sign of life is waited for. 1s unless set. */
    private @Nullable Duration heartbeatTimeout;

    /** How long Redis is left alone after half of its last commands have failed. 1s unless set. */
    private @Nullable Duration openTime;

    /** How long a load waits for those of other JVMs before it asks the source all the same. 30s unless set. */
    private @Nullable Duration longestWait;

    /** How many commands may be under way at once. 10,000 unless set. */
    private @Nullable Integer maxInFlight;

    /** The longest values that are shared, compressed. 512KB unless set. */
    private @Nullable DataSize maxValueBytes;

    /** Values longer than this are compressed. 16KB unless set. */
    private @Nullable DataSize compressAbove;

    /** Whether an application with shared caches does not start without Redis. It does unless set. */
    private @Nullable Boolean failFast;

    public @Nullable String getUri() {
        return uri;
    }

    public void setUri(@Nullable String uri) {
        this.uri = uri;
    }

    public @Nullable String getNamespace() {
        return namespace;
    }

    public void setNamespace(@Nullable String namespace) {
        this.namespace = namespace;
    }

    public @Nullable Duration getCommandTimeout() {
        return commandTimeout;
    }

    public void setCommandTimeout(@Nullable Duration commandTimeout) {
        this.commandTimeout = commandTimeout;
    }

    public @Nullable Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(@Nullable Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable Duration getLease() {
        return lease;
    }

    public void setLease(@Nullable Duration lease) {
        this.lease = lease;
    }

    public @Nullable Duration getHeartbeat() {
        return heartbeat;
    }

    public void setHeartbeat(@Nullable Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    public @Nullable Duration getHeartbeatTimeout() {
        return heartbeatTimeout;
    }

    public void setHeartbeatTimeout(@Nullable Duration heartbeatTimeout) {
        this.heartbeatTimeout = heartbeatTimeout;
    }

    public @Nullable Duration getOpenTime() {
        return openTime;
    }

    public void setOpenTime(@Nullable Duration openTime) {
        this.openTime = openTime;
    }

    public @Nullable Duration getLongestWait() {
        return longestWait;
    }

    public void setLongestWait(@Nullable Duration longestWait) {
        this.longestWait = longestWait;
    }

    public @Nullable Integer getMaxInFlight() {
        return maxInFlight;
    }

    public void setMaxInFlight(@Nullable Integer maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    public @Nullable DataSize getMaxValueBytes() {
        return maxValueBytes;
    }

    public void setMaxValueBytes(@Nullable DataSize maxValueBytes) {
        this.maxValueBytes = maxValueBytes;
    }

    public @Nullable DataSize getCompressAbove() {
        return compressAbove;
    }

    public void setCompressAbove(@Nullable DataSize compressAbove) {
        this.compressAbove = compressAbove;
    }

    public @Nullable Boolean getFailFast() {
        return failFast;
    }

    public void setFailFast(@Nullable Boolean failFast) {
        this.failFast = failFast;
    }
}
