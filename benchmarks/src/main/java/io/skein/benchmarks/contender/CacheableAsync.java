package io.skein.benchmarks.contender;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A bean with a method that is {@code @Cacheable} in sync and returns a future, on Caffeine in asynchronous mode. */
final class CacheableAsync implements AsyncContender {
    private static final String CACHE = "bench";

    private final AnnotationConfigApplicationContext spring;
    private final Source source;
    private final Cache cache;

    @EnableCaching
    static class Application {}

    static class Source {
        private final Function<String, CompletableFuture<Object>> loader;

        Source(Function<String, CompletableFuture<Object>> loader) {
            this.loader = loader;
        }

        @Cacheable(cacheNames = CACHE, sync = true)
        public CompletableFuture<Object> load(String key) {
            return loader.apply(key);
        }
    }

    private CacheableAsync(Function<String, CompletableFuture<Object>> loader, boolean keepsNull) {
        var manager = new CaffeineCacheManager();
        manager.setAsyncCacheMode(true);
        manager.setAllowNullValues(keepsNull);
        spring = new AnnotationConfigApplicationContext();
        spring.register(Application.class);
        spring.registerBean(CaffeineCacheManager.class, () -> manager);
        spring.registerBean(Source.class, () -> new Source(loader));
        spring.refresh();
        source = spring.getBean(Source.class);
        cache = requireNonNull(manager.getCache(CACHE));
    }

    static CacheableAsync create(Function<String, CompletableFuture<Object>> loader) {
        return new CacheableAsync(loader, true);
    }

    /** With {@code allowNullValues = false}, as many set it. */
    static CacheableAsync withoutNull(Function<String, CompletableFuture<Object>> loader) {
        return new CacheableAsync(loader, false);
    }

    @Override
    public CompletableFuture<Object> load(String key) {
        return source.load(key);
    }

    @Override
    public boolean forget(String key) {
        return cache.evictIfPresent(key);
    }

    @Override
    public void close() {
        spring.close();
    }
}
