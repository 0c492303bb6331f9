package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.redis.RedisServer;
import io.skein.redis.RedisTier;
import io.skein.spring.Coalesced;
import io.skein.tier.SharedTier;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Two applications that share their caches. */
class RedisTest {
    private static RedisServer server;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinCacheAutoConfiguration.class))
            .withBean(Shop.class)
            .withUserConfiguration(Caching.class)
            .withPropertyValues(
                    "spring.data.redis.host=127.0.0.1",
                    "skein.redis.command-timeout=5s",
                    "skein.redis.fail-fast=true",
                    "skein.caches.products.ttl=1h",
                    "skein.caches.products.shared=true",
                    "skein.caches.products.near-ttl=1m",
                    "skein.caches.products.degraded-ttl=2s");

    record Product(long id, String name) {}

    static class Shop {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced("products")
        public Product find(long id) {
            calls.incrementAndGet();
            return new Product(id, "chair");
        }

        @Coalesced("products")
        public Product find(String shop, long id) {
            calls.incrementAndGet();
            return new Product(id, shop);
        }

        @CacheEvict("products")
        public void change(long id) {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    @BeforeAll
    static void start() {
        server = new RedisServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private ApplicationContextRunner withServer() {
        return application.withPropertyValues(
                "spring.data.redis.port=" + server.port(),
                "skein.caches.products.value-type=" + Product.class.getName());
    }

    @Test
    void whatOneHasFound_theOtherKnows_untilOneEvictsIt() {
        withServer()
                .run(first -> withServer().run(second -> {
                    assertThat(first).hasNotFailed();
                    var chair = new Product(1, "chair");
                    assertThat(first.getBean(Shop.class).find(1)).isEqualTo(chair);
                    assertThat(second.getBean(Shop.class).find(1)).isEqualTo(chair);
                    assertThat(second.getBean(Shop.class).find("attic", 1)).isEqualTo(new Product(1, "attic"));
                    assertThat(first.getBean(Shop.class).find("attic", 1)).isEqualTo(new Product(1, "attic"));
                    CoalescingCache<?, ?> products = second.getBean("products", CoalescingCache.class);
                    assertThat(products.stats().loads()).isEqualTo(1);
                    assertThat(products.keys()).hasSize(1);

                    first.getBean(Shop.class).change(1);
                    await().until(() -> products.keys().isEmpty());
                    assertThat(second.getBean(Shop.class).find(1)).isEqualTo(chair);
                    assertThat(products.stats().loads()).isEqualTo(2);
                }));
    }

    @Test
    void springsCaches_areShared() {
        withServer()
                .run(first -> withServer().run(second -> {
                    var one = first.getBean(CacheManager.class).getCache("products");
                    var other = second.getBean(CacheManager.class).getCache("products");
                    var chair = new Product(7, "chair");
                    var table = new Product(7, "table");
                    assertThat(one.putIfAbsent(7L, chair)).isNull();
                    assertThat(other.putIfAbsent(7L, table).get()).isEqualTo(chair);
                    assertThat(other.get(7L).get()).isEqualTo(chair);
                    other.put(7L, table);
                    await().until(() -> one.get(7L).get().equals(table));
                    one.evict(7L);
                    await().until(() -> other.get(7L) == null);
                    one.put(7L, chair);
                    other.clear();
                    await().until(() -> one.get(7L) == null);
                }));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnTier {
        @Bean
        SharedTier<Object, String> texts(RedisTier redis) {
            return redis.of("text", Codec.utf8());
        }
    }

    @Test
    void aTier_ofOnesOwn_isNamed() {
        withServer()
                .withUserConfiguration(OwnTier.class)
                .withPropertyValues("skein.caches.texts.ttl=1h", "skein.caches.texts.shared-tier=texts")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    var texts =
                            context.getBean(io.skein.spring.SkeinRegistry.class).cache("texts");
                    texts.put("a", "b");
                    assertThat(texts.getIfPresent("a")).isEqualTo("b");
                });
    }

    @Test
    void whatIsMissing_isTold() {
        application.run(
                context -> assertThat(context).getFailure().rootCause().hasMessageContaining("it needs value-type"));
        for (var missing : List.of(
                List.of("skein.redis.lease=1ms", "lease must be"),
                List.of(
                        "skein.caches.products.shared-tier=none",
                        "there is no bean of this name that is a SharedTier"))) {
            withServer()
                    .withPropertyValues(missing.get(0))
                    .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(missing.get(1)));
        }
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
                .withPropertyValues("skein.caches.products.shared=true")
                .withClassLoader(new FilteredClassLoader("io.skein.redis"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("there is nothing on the class path to share it by"));
    }

    @Test
    void withoutASharedCache_nothingIsConnected() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
                .withPropertyValues(
                        "skein.caches.products.ttl=1h",
                        "skein.redis.fail-fast=true",
                        "skein.redis.uri=redis://127.0.0.1:1")
                .run(context -> assertThat(context).hasNotFailed());
    }
}
