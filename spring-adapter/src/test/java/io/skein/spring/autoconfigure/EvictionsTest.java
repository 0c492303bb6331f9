package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skein.redis.RedisServer;
import io.skein.spring.SkeinRegistry;
import io.skein.tier.TierException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.SimpleCacheErrorHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is evicted from a shared cache while Redis cannot be reached. */
class EvictionsTest {
    static class Shop {
        @Cacheable("products")
        public String find(long id) {
            return "chair";
        }

        @CacheEvict("products")
        public void change(long id) {}
    }

    @EnableCaching
    @Configuration
    static class Caching {}

    @Configuration
    static class Handling {
        static final AtomicInteger HANDLED = new AtomicInteger();

        @Bean
        CachingConfigurer configurer() {
            return new CachingConfigurer() {
                @Override
                public CacheErrorHandler errorHandler() {
                    return new SimpleCacheErrorHandler() {
                        @Override
                        public void handleCacheEvictError(RuntimeException failure, Cache cache, Object key) {
                            assertThat(failure).isInstanceOf(TierException.class);
                            HANDLED.incrementAndGet();
                        }
                    };
                }
            };
        }
    }

    private static ApplicationContextRunner application(RedisServer server) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinCacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .withBean(Shop.class)
                .withPropertyValues(
                        "skein.redis.uri=" + server.uri(),
                        "skein.redis.fail-fast=true",
                        "skein.redis.command-timeout=5s",
                        "skein.caches.products.ttl=1h",
                        "skein.caches.products.degraded-ttl=1h",
                        "skein.caches.products.shared=true",
                        "skein.caches.products.value-type=java.lang.String");
    }

    @Test
    void areDoneHere_andTold() {
        try (var server = new RedisServer()) {
            application(server).run(context -> {
                var shop = context.getBean(Shop.class);
                var cache = context.getBean(SkeinRegistry.class).cache("products");
                server.stop();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !cache.tierStats().orElseThrow().coherent());
                assertThat(shop.find(1)).isEqualTo("chair");
                assertThat(cache.keys()).hasSize(1);

                assertThatThrownBy(() -> shop.change(1)).isInstanceOf(TierException.class);

                assertThat(cache.keys()).isEmpty();
            });
        }
    }

    @Test
    void areTold_toTheErrorHandler_ifThereIsOne() {
        try (var server = new RedisServer()) {
            application(server).withUserConfiguration(Handling.class).run(context -> {
                var cache = context.getBean(SkeinRegistry.class).cache("products");
                server.stop();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !cache.tierStats().orElseThrow().coherent());

                context.getBean(Shop.class).change(1);

                assertThat(Handling.HANDLED).hasValue(1);
            });
        }
    }
}
