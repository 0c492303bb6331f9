package io.skein.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/** The settings of a cache: see {@link io.skein.cache.CoalescingCacheBuilder}. What is null is not set. */
public final class CacheProperties extends FlightProperties {
    /** How long a value is fresh. Not set: until it is invalidated or evicted. */
    private @Nullable Duration ttl;

    /**
     * By what share of it the ttl varies at random, at least 0 and less than 1, so that values that were loaded
     * together do not end together.
     */
    private @Nullable Double ttlJitter;

    /** Share of the ttl after which a read starts a load in the background, greater than 0 and less than 1. */
    private @Nullable Double refreshAhead;

    /** Beta of the probabilistic early refresh: the greater, the earlier. 1 is a good start. */
    private @Nullable Double earlyRefresh;

    /** How long past its ttl a value is served while it is loaded anew in the background (RFC 5861). */
    private @Nullable Duration staleWhileRevalidate;

    /** How long past its ttl a value is served when a load fails (RFC 5861). */
    private @Nullable Duration staleIfError;

    /** How long to wait after a failed load before the next, while there is a value to serve. */
    private @Nullable Duration retryAfterError;

    /** How long a caller waits for a load when there is a stale value to serve instead. Needs stale-if-error. */
    private @Nullable Duration softTimeout;

    /** How long it is remembered that there is nothing under a key. Not set: not at all. */
    private @Nullable Duration negativeTtl;

    /** How long a failure is remembered. Not set: not at all. */
    private @Nullable Duration errorTtl;

    /** Which failures are remembered for error-ttl. All exceptions unless set; errors are not. */
    private @Nullable List<Class<? extends Throwable>> errorsToRemember;

    /** How many entries are kept before the least useful are evicted. */
    private @Nullable Long maximumSize;

    /** How much all values may weigh together, in bytes if the weigher counts bytes. Needs weigher. */
    private @Nullable DataSize maximumWeight;

    /** Name of the Weigher bean that tells how much a value weighs. Needs maximum-weight. */
    private @Nullable String weigher;

    /**
     * Name of the bean that loads values: any of the kinds of loaders. A bean with CacheLoaderFor need not be named
     * here.
     */
    private @Nullable String loader;

    /** Name of the CacheWriter bean that writes to the source what then goes into the cache. Excludes write-around. */
    private @Nullable String writeThrough;

    /** Name of the CacheWriter bean that writes to the source what then leaves the cache. Excludes write-through. */
    private @Nullable String writeAround;

    /** Writing to the source later, and in batches. */
    @NestedConfigurationProperty
    private final WriteBehindProperties writeBehind = new WriteBehindProperties();

    /**
     * Whether the cache is shared with those of the same name in other JVMs, by Redis. Needs skein-redis and value-type.
     * False of a cache's own switches off what the defaults say, shared-tier included.
     */
    private @Nullable Boolean shared;

    /** Name of the SharedTier bean by which the cache is shared with other JVMs. Excludes shared=true. */
    private @Nullable String sharedTier;

    /** How long what was read from the shared tier is kept here at the most. As long as it is of use unless set. */
    private @Nullable Duration nearTtl;

    /** How long what was loaded is fresh at the most while the shared tier cannot be relied on. 5s unless set. */
    private @Nullable Duration degradedTtl;

    /** How many loads may run at the same time before further ones are rejected. */
    private @Nullable Integer maxLoads;

    /** Name of the UnaryOperator bean that makes a copy of a value for each caller. */
    private @Nullable String copier;

    /** Class of the keys; others are refused. Needs value-type. */
    private @Nullable Class<?> keyType;

    /** Class of the values; others are refused. Needs key-type, unless the cache is shared. */
    private @Nullable Class<?> valueType;

    public @Nullable Duration getTtl() {
        return ttl;
    }

    public void setTtl(@Nullable Duration ttl) {
        this.ttl = ttl;
    }

    public @Nullable Double getTtlJitter() {
        return ttlJitter;
    }

    public void setTtlJitter(@Nullable Double ttlJitter) {
        this.ttlJitter = ttlJitter;
    }

    public @Nullable Double getRefreshAhead() {
        return refreshAhead;
    }

    public void setRefreshAhead(@Nullable Double refreshAhead) {
        this.refreshAhead = refreshAhead;
    }

    public @Nullable Double getEarlyRefresh() {
        return earlyRefresh;
    }

    public void setEarlyRefresh(@Nullable Double earlyRefresh) {
        this.earlyRefresh = earlyRefresh;
    }

    public @Nullable Duration getStaleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    public void setStaleWhileRevalidate(@Nullable Duration staleWhileRevalidate) {
        this.staleWhileRevalidate = staleWhileRevalidate;
    }

    public @Nullable Duration getStaleIfError() {
        return staleIfError;
    }

    public void setStaleIfError(@Nullable Duration staleIfError) {
        this.staleIfError = staleIfError;
    }

    public @Nullable Duration getRetryAfterError() {
        return retryAfterError;
    }

    public void setRetryAfterError(@Nullable Duration retryAfterError) {
        this.retryAfterError = retryAfterError;
    }

    public @Nullable Duration getSoftTimeout() {
        return softTimeout;
    }

    public void setSoftTimeout(@Nullable Duration softTimeout) {
        this.softTimeout = softTimeout;
    }

    public @Nullable Duration getNegativeTtl() {
        return negativeTtl;
    }

    public void setNegativeTtl(@Nullable Duration negativeTtl) {
        this.negativeTtl = negativeTtl;
    }

    public @Nullable Duration getErrorTtl() {
        return errorTtl;
    }

    public void setErrorTtl(@Nullable Duration errorTtl) {
        this.errorTtl = errorTtl;
    }

    public @Nullable List<Class<? extends Throwable>> getErrorsToRemember() {
        return errorsToRemember;
    }

    public void setErrorsToRemember(@Nullable List<Class<? extends Throwable>> errorsToRemember) {
        this.errorsToRemember = errorsToRemember;
    }

    public @Nullable Long getMaximumSize() {
        return maximumSize;
    }

    public void setMaximumSize(@Nullable Long maximumSize) {
        this.maximumSize = maximumSize;
    }

    public @Nullable DataSize getMaximumWeight() {
        return maximumWeight;
    }

    public void setMaximumWeight(@Nullable DataSize maximumWeight) {
        this.maximumWeight = maximumWeight;
    }

    public @Nullable String getWeigher() {
        return weigher;
    }

    public void setWeigher(@Nullable String weigher) {
        this.weigher = weigher;
    }

    public @Nullable String getLoader() {
        return loader;
    }

    public void setLoader(@Nullable String loader) {
        this.loader = loader;
    }

    public @Nullable String getWriteThrough() {
        return writeThrough;
    }

    public void setWriteThrough(@Nullable String writeThrough) {
        this.writeThrough = writeThrough;
    }

    public @Nullable String getWriteAround() {
        return writeAround;
    }

    public void setWriteAround(@Nullable String writeAround) {
        this.writeAround = writeAround;
    }

    public WriteBehindProperties getWriteBehind() {
        return writeBehind;
    }

    public @Nullable Integer getMaxLoads() {
        return maxLoads;
    }

    public void setMaxLoads(@Nullable Integer maxLoads) {
        this.maxLoads = maxLoads;
    }

    public @Nullable String getCopier() {
        return copier;
    }

    public void setCopier(@Nullable String copier) {
        this.copier = copier;
    }

    public @Nullable Class<?> getKeyType() {
        return keyType;
    }

    public void setKeyType(@Nullable Class<?> keyType) {
        this.keyType = keyType;
    }

    public @Nullable Class<?> getValueType() {
        return valueType;
    }

    public void setValueType(@Nullable Class<?> valueType) {
        this.valueType = valueType;
    }

    public @Nullable Boolean getShared() {
        return shared;
    }

    public void setShared(@Nullable Boolean shared) {
        this.shared = shared;
    }

    public @Nullable String getSharedTier() {
        return sharedTier;
    }

    public void setSharedTier(@Nullable String sharedTier) {
        this.sharedTier = sharedTier;
    }

    public @Nullable Duration getNearTtl() {
        return nearTtl;
    }

    public void setNearTtl(@Nullable Duration nearTtl) {
        this.nearTtl = nearTtl;
    }

    public @Nullable Duration getDegradedTtl() {
        return degradedTtl;
    }

    public void setDegradedTtl(@Nullable Duration degradedTtl) {
        this.degradedTtl = degradedTtl;
    }
}
