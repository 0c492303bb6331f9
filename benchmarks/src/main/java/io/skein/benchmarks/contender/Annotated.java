package io.skein.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.skein.spring.Coalesced;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.Map;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Annotated methods of Spring beans, with each kind of key. */
public enum Annotated {
    COALESCED("@Coalesced") {
        @Override
        void prepare(AnnotationConfigApplicationContext spring) {
            spring.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            CACHE,
                            Map.of("skein.caches.bench.maximum-size", SIZE, "skein.caches.bench.ttl", BOUNDS.ttl())));
            spring.register(WithSkein.class, CoalescedProducts.class);
        }
    },
    CACHEABLE("@Cacheable") {
        @Override
        void prepare(AnnotationConfigApplicationContext spring) {
            spring.registerBean(CaffeineCacheManager.class, Annotated::onCaffeine);
            spring.register(WithCaching.class, CacheableProducts.class);
        }
    },
    CACHEABLE_SYNC("@Cacheable sync") {
        @Override
        void prepare(AnnotationConfigApplicationContext spring) {
            spring.registerBean(CaffeineCacheManager.class, Annotated::onCaffeine);
            spring.register(WithCaching.class, SyncProducts.class);
        }
    };

    private static final String CACHE = "bench";
    private static final int SIZE = 15_000;
    private static final Bounds BOUNDS = Bounds.of(SIZE);

    private final String label;

    Annotated(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    abstract void prepare(AnnotationConfigApplicationContext spring);

    /** An application that has the bean. */
    public AnnotationConfigApplicationContext start() {
        var spring = new AnnotationConfigApplicationContext();
        prepare(spring);
        spring.refresh();
        return spring;
    }

    private static CaffeineCacheManager onCaffeine() {
        var manager = new CaffeineCacheManager(CACHE);
        manager.setCaffeine(Caffeine.newBuilder().maximumSize(SIZE).expireAfterWrite(BOUNDS.ttl()));
        return manager;
    }

    /** What is looked up by the property of an argument. */
    public record Criteria(String id) {}

    /** The methods that are measured. */
    public interface Products {
        Object byArgument(String id);

        Object byName(String id);

        Object byProperty(Criteria criteria);
    }

    @ImportAutoConfiguration(SkeinAutoConfiguration.class)
    static class WithSkein {}

    /** With proxies of the kind that Spring Boot makes, and Skein's starter. */
    @EnableCaching(proxyTargetClass = true)
    static class WithCaching {}

    static class CoalescedProducts implements Products {
        @Coalesced(CACHE)
        @Override
        public Object byArgument(String id) {
            return id;
        }

        @Coalesced(cacheNames = CACHE, key = "#id")
        @Override
        public Object byName(String id) {
            return id;
        }

        @Coalesced(cacheNames = CACHE, key = "#criteria.id")
        @Override
        public Object byProperty(Criteria criteria) {
            return criteria.id();
        }
    }

    static class CacheableProducts implements Products {
        @Cacheable(CACHE)
        @Override
        public Object byArgument(String id) {
            return id;
        }

        @Cacheable(cacheNames = CACHE, key = "#id")
        @Override
        public Object byName(String id) {
            return id;
        }

        @Cacheable(cacheNames = CACHE, key = "#criteria.id")
        @Override
        public Object byProperty(Criteria criteria) {
            return criteria.id();
        }
    }

    static class SyncProducts implements Products {
        @Cacheable(cacheNames = CACHE, sync = true)
        @Override
        public Object byArgument(String id) {
            return id;
        }

        @Cacheable(cacheNames = CACHE, key = "#id", sync = true)
        @Override
        public Object byName(String id) {
            return id;
        }

        @Cacheable(cacheNames = CACHE, key = "#criteria.id", sync = true)
        @Override
        public Object byProperty(Criteria criteria) {
            return criteria.id();
        }
    }
}
