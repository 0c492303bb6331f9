package io.skein.spring;

import io.skein.cache.CoalescingCacheBuilder;
import java.util.function.Consumer;

/**
 * A bean that has the last word on the caches that are built from properties: for what properties cannot say.
 * Customizers are called in the order of their {@code @Order}.
 */
@FunctionalInterface
public interface CacheCustomizer {
    /**
     * Changes a cache before it is built.
     *
     * @param name of the cache
     */
    void customize(String name, CoalescingCacheBuilder<Object, Object> builder);

    /** One for a single cache. */
    static CacheCustomizer of(String cacheName, Consumer<CoalescingCacheBuilder<Object, Object>> customizer) {
        return (name, builder) -> {
            if (name.equals(cacheName)) {
                customizer.accept(builder);
            }
        };
    }
}
