package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.skein.Codec;
import io.skein.redis.RedisServer;
import io.skein.redis.RedisTier;
import io.skein.spring.SkeinRegistry;
import io.skein.tier.SharedTier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Which caches are shared, by what, and under which names. */
class SharingTest {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = new RedisServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Named {
        static final AtomicInteger OPENED = new AtomicInteger();

        @Bean
        SharedTier<Object, String> texts(RedisTier redis) {
            return (cache, events) -> {
                OPENED.incrementAndGet();
                return redis.<Object, String>of("text", Codec.utf8()).open(cache, events);
            };
        }
    }

    private static ApplicationContextRunner application(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
                .withPropertyValues(
                        "skein.redis.uri=redis://127.0.0.1:" + server.port(),
                        "skein.redis.command-timeout=5s",
                        "skein.redis.fail-fast=true",
                        "skein.defaults.ttl=1h")
                .withPropertyValues(properties);
    }

    private static boolean isShared(ApplicationContext context, String cache) {
        return context.getBean(SkeinRegistry.class).cache(cache).tierStats().isPresent();
    }

    // What a cache's own properties say goes before what the defaults say

    private static final String BY_REDIS = "skein.defaults.shared=true skein.defaults.value-type=java.lang.String";

    static Stream<Arguments> notShared() {
        return Stream.of(
                Arguments.of("skein.caches.products.shared=false"),
                Arguments.of(BY_REDIS + " skein.caches.products.shared=false"),
                Arguments.of("skein.defaults.shared-tier=texts skein.caches.products.shared=false"),
                Arguments.of("skein.defaults.shared=false skein.defaults.shared-tier=texts"),
                Arguments.of("skein.caches.products.shared=false skein.caches.products.shared-tier=texts"),
                Arguments.of("skein.caches.products.shared=false skein.caches.products.value-type=java.lang.String"),
                Arguments.of("skein.caches.products.shared=false skein.caches.products.near-ttl=1m"),
                Arguments.of("skein.defaults.near-ttl=1m skein.defaults.degraded-ttl=1s"));
    }

    @ParameterizedTest
    @MethodSource("notShared")
    void isNotShared(String properties) {
        application("skein.caches.products.maximum-size=10")
                .withUserConfiguration(Named.class)
                .withPropertyValues(properties.split(" "))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(isShared(context, "products")).isFalse();
                });
    }

    static Stream<Arguments> shared() {
        return Stream.of(
                Arguments.of(BY_REDIS, 0),
                Arguments.of(BY_REDIS + " skein.caches.products.shared-tier=texts", 1),
                Arguments.of("skein.defaults.shared-tier=texts", 1),
                Arguments.of("skein.defaults.shared=false skein.caches.products.shared-tier=texts", 1),
                Arguments.of(
                        "skein.defaults.shared-tier=texts skein.caches.products.shared=true"
                                + " skein.caches.products.value-type=java.lang.String",
                        0),
                Arguments.of(
                        "skein.caches.products.shared-tier=texts skein.caches.products.value-type=java.lang.String",
                        1));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void isShared_byWhatIsSaidClosest(String properties, int opened) {
        Named.OPENED.set(0);
        application("skein.caches.products.maximum-size=10", "skein.defaults.near-ttl=1m")
                .withUserConfiguration(Named.class)
                .withPropertyValues(properties.split(" "))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(isShared(context, "products")).isTrue();
                    assertThat(Named.OPENED).hasValue(opened);
                    var settings = context.getBean(SkeinRegistry.class)
                            .managedCache("products")
                            .settings();
                    assertThat(settings.containsKey("shared")).isEqualTo(opened == 0);
                    assertThat(settings.containsKey("shared-tier")).isEqualTo(opened == 1);
                });
    }

    @Test
    void whatIsSharedOnDemand_isConnectedAtStart() {
        application(BY_REDIS.split(" "))
                .run(context -> assertThat(context.getBeanFactory().containsSingleton("skeinRedisTier"))
                        .isTrue());
    }

    // Keys and values

    @Test
    void aKeyWithoutAText_isRefused() {
        application("skein.caches.products.shared=true", "skein.caches.products.value-type=java.lang.String")
                .run(context -> {
                    var cache = context.getBean(SkeinRegistry.class).cache("products");
                    assertThatThrownBy(() -> cache.get(new Object(), key -> "value"))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("java.lang.Object");
                });
    }

    @Test
    void absence_isShared() {
        var both = application(
                "skein.caches.products.shared=true",
                "skein.caches.products.value-type=java.lang.String",
                "skein.caches.products.negative-ttl=1h");
        both.run(first -> both.run(second -> {
            assertThat(first.getBean(SkeinRegistry.class).cache("products").get("nothing", key -> null))
                    .isNull();
            assertThat(second.getBean(SkeinRegistry.class).cache("products").get("nothing", key -> "something"))
                    .isNull();
        }));
    }

    // Tiers

    static class Primaries {
        @Bean
        @Primary
        RedisTier one() {
            return RedisTier.builder("redis://127.0.0.1:" + server.port())
                    .namespace("one")
                    .commandTimeout(Duration.ofSeconds(5))
                    .failFast(true)
                    .build();
        }

        @Bean
        RedisTier other() {
            return RedisTier.builder("redis://127.0.0.1:1").build();
        }
    }

    @Test
    void ofTwoTiers_thePrimaryOneIsUsed() {
        application("skein.caches.products.shared=true", "skein.caches.products.value-type=java.lang.String")
                .withUserConfiguration(Primaries.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean("skeinRedisTier");
                    context.getBean(SkeinRegistry.class).cache("products").put("key", "value");
                    assertThat(keys()).contains("one:products:v1:{key}");
                });
    }

    static class Factory implements FactoryBean<Object> {
        static final AtomicInteger MADE = new AtomicInteger();

        Factory() {
            MADE.incrementAndGet();
        }

        @Override
        public Object getObject() {
            return "something";
        }

        @Override
        public Class<?> getObjectType() {
            return String.class;
        }
    }

    @Test
    void factoryBeans_areNotMadeToFindATier() {
        var beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("factory", new RootBeanDefinition(Factory.class));
        try (var tier = RedisTier.builder(server.uri()).build()) {
            beans.registerSingleton("tier", tier);

            new RedisTiers(beans).connect();

            assertThat(Factory.MADE).hasValue(0);
        }
    }

    // Names

    private static List<String> keys() {
        var client = RedisClient.create(server.uri());
        try (var connection = client.connect()) {
            return connection.sync().keys("*");
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein|",
                "skein|spring.application.name= ",
                "my.shop-1|spring.application.name=my.shop-1",
                "läden--1|spring.application.name=läden {1",
                "own|spring.application.name=shop skein.redis.namespace=own"
            })
    void theNamespace_isThatOfTheApplication(String text) {
        var bar = text.indexOf('|');
        var properties = text.substring(bar + 1).replace(" skein.", "\nskein.").split("\n");
        application("skein.caches.products.shared=true", "skein.caches.products.value-type=java.lang.String")
                .withPropertyValues(properties)
                .run(context -> {
                    context.getBean(SkeinRegistry.class).cache("products").put("of " + text.substring(0, bar), "value");
                    assertThat(keys())
                            .contains(text.substring(0, bar) + ":products:v1:{of " + text.substring(0, bar) + "}");
                });
    }
}
