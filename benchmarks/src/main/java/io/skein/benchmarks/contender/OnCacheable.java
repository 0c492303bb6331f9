package io.skein.benchmarks.contender;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A bean with methods that are {@code @Cacheable}, on Caffeine. */
final class OnCacheable<K> implements CacheContender<K> {
    private static final String CACHE = "bench";

    private final AnnotationConfigApplicationContext spring;
    private final Function<K, Object> read;
    private final org.springframework.cache.Cache cache;

    @EnableCaching
    static class Application {}

    static class Source {
        private final Function<Object, Object> loader;

        Source(Function<Object, Object> loader) {
            this.loader = loader;
        }

        @Cacheable(CACHE)
        public Object get(Object key) {
            return loader.apply(key);
        }

        @Cacheable(cacheNames = CACHE, sync = true)
        public Object getInSync(Object key) {
            return loader.apply(key);
        }
    }

    private OnCacheable(Function<K, Object> loader, Caffeine<Object, Object> caffeine, boolean sync) {
        var manager = new CaffeineCacheManager(CACHE);
        manager.setCaffeine(caffeine);
        spring = new AnnotationConfigApplicationContext();
        spring.register(Application.class);
        spring.registerBean(CaffeineCacheManager.class, () -> manager);
        spring.registerBean(Source.class, () -> new Source(OnCoalesced.anything(loader)));
        spring.refresh();
        var source = spring.getBean(Source.class);
        read = sync ? source::getInSync : source::get;
        cache = requireNonNull(manager.getCache(CACHE));
    }

    static <K> OnCacheable<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCacheable<>(loader, caffeine(bounds), false);
    }

    static <K> OnCacheable<K> createSync(Function<K, Object> loader, Bounds bounds) {
        return new OnCacheable<>(loader, caffeine(bounds), true);
    }

    static <K> OnCacheable<K> unbounded(Function<K, Object> loader) {
        return new OnCacheable<>(loader, Caffeine.newBuilder(), false);
    }

    static <K> OnCacheable<K> unboundedSync(Function<K, Object> loader) {
        return new OnCacheable<>(loader, Caffeine.newBuilder(), true);
    }

    private static Caffeine<Object, Object> caffeine(Bounds bounds) {
        return Caffeine.newBuilder().maximumSize(bounds.maximumSize()).expireAfterWrite(bounds.ttl());
    }

    @Override
    public Object get(K key) {
        return read.apply(key);
    }

    @Override
    public @Nullable Object find(K key) {
        var found = cache.get(key);
        return found == null ? null : found.get();
    }

    @Override
    public void put(K key, Object value) {
        cache.put(key, value);
    }

    /** What {@code @CacheEvict} does, without another way through the proxy. */
    @Override
    public void drop(K key) {
        cache.evict(key);
    }

    @Override
    public void dropAll() {
        cache.clear();
    }

    @Override
    public void close() {
        spring.close();
    }
}
