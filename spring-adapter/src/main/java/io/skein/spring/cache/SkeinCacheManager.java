package io.skein.spring.cache;

import io.skein.spring.SkeinRegistry;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * The caches of a {@link SkeinRegistry} behind Spring's own annotations. A cache has the same values here and there: what
 * {@code @CacheEvict} evicts is gone for {@code @Coalesced} methods too.
 */
public final class SkeinCacheManager implements CacheManager {
    private final SkeinRegistry registry;
    private final boolean keepsNull;
    private final boolean transactionAware;
    private final ConcurrentHashMap<String, Cache> caches = new ConcurrentHashMap<>();

    /**
     * A manager.
     *
     * @param keepsNull whether null is kept: for {@code negative-ttl}, else for {@code ttl}
     * @param transactionAware whether writes wait for the transaction to be committed; needs spring-tx
     */
    public SkeinCacheManager(SkeinRegistry registry, boolean keepsNull, boolean transactionAware) {
        this.registry = registry;
        this.keepsNull = keepsNull;
        this.transactionAware = transactionAware;
    }

    /** The cache of this name, which is created if need be. */
    @Override
    public Cache getCache(String name) {
        var known = caches.get(name);
        if (known != null) {
            return known;
        }
        var cache = new SkeinCache(registry.managedCache(name), keepsNull);
        var made = transactionAware ? new TransactionAwareCache(cache) : cache;
        var other = caches.putIfAbsent(name, made);
        return other == null ? made : other;
    }

    @Override
    public Collection<String> getCacheNames() {
        return registry.cacheNames();
    }
}
