package io.skein.spring;

import io.skein.redis.RedisTierBuilder;

/** A bean that says of the {@link io.skein.redis.RedisTier} what properties cannot. */
@FunctionalInterface
public interface RedisTierCustomizer {
    /** Called after the properties have been applied. */
    void customize(RedisTierBuilder builder);
}
