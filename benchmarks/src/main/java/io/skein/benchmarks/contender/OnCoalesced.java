package io.skein.benchmarks.contender;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A bean with a method that is {@code @Coalesced}, in an application configured by properties. */
final class OnCoalesced<K> implements CacheContender<K> {
    private static final String CACHE = "bench";

    private final AnnotationConfigApplicationContext spring;
    private final Source source;
    private final CoalescingCache<K, Object> cache;

    @ImportAutoConfiguration(SkeinAutoConfiguration.class)
    static class Application {}

    static class Source {
        private final Function<Object, Object> loader;

        Source(Function<Object, Object> loader) {
            this.loader = loader;
        }

        @Coalesced(CACHE)
        public Object get(Object key) {
            return loader.apply(key);
        }
    }

    private OnCoalesced(Function<K, Object> loader, Bounds bounds) {
        spring = new AnnotationConfigApplicationContext();
        spring.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        CACHE,
                        Map.of(
                                "skein.caches.bench.maximum-size", bounds.maximumSize(),
                                "skein.caches.bench.ttl", bounds.ttl())));
        spring.register(Application.class);
        spring.registerBean(Source.class, () -> new Source(anything(loader)));
        spring.refresh();
        source = spring.getBean(Source.class);
        cache = spring.getBean(SkeinRegistry.class).cache(CACHE);
    }

    static <K> OnCoalesced<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnCoalesced<>(loader, bounds);
    }

    @SuppressWarnings("unchecked") // only keys of this contender's callers come here
    static <K> Function<Object, Object> anything(Function<K, Object> loader) {
        return key -> loader.apply((K) key);
    }

    @Override
    public Object get(K key) {
        return source.get(key);
    }

    @Override
    public @Nullable Object find(K key) {
        return cache.getIfPresent(key);
    }

    @Override
    public void put(K key, Object value) {
        cache.put(key, value);
    }

    @Override
    public void drop(K key) {
        cache.invalidate(key);
    }

    @Override
    public void dropAll() {
        cache.invalidateAll();
    }

    @Override
    public boolean hasAboard(int callers) {
        var flights = cache.flights();
        return flights.size() == 1 && flights.get(0).callers() == callers;
    }

    @Override
    public void close() {
        spring.close();
    }
}
