package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import io.skein.spring.autoconfigure.SkeinCacheAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class SkeinCacheAutoConfigurationTest {
    private final ApplicationContextRunner application = Caching.application();

    public static class Things { // so that a proxy of another class loader may extend it
        @Cacheable("things")
        public Object find(long id) {
            return new Object();
        }
    }

    @Test
    void withCaching_theManagerIsOurs() {
        application.run(context -> assertThat(context)
                .getBean(CacheManager.class)
                .isInstanceOf(SkeinCacheManager.class)
                .isSameAs(context.getBean("cacheManager")));
    }

    @Test
    void withoutCaching_thereIsNone() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinCacheAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(CacheManager.class)
                        .doesNotHaveBean(CallResolver.class));
    }

    @Test
    void aManagerOfTheApplication_staysTheOnlyOne() {
        application
                .withBean(CacheManager.class, ConcurrentMapCacheManager::new)
                .withBean(Things.class)
                .run(context -> {
                    var things = context.getBean(Things.class);

                    assertThat(things.find(1)).isSameAs(things.find(1));
                    assertThat(context).hasSingleBean(CacheManager.class).doesNotHaveBean(CallResolver.class);
                    assertThat(Caching.cache(context, "things").get(1L)).isNotNull();
                });
    }

    @Test
    void aCacheResolverOfTheApplication_staysTheOnlyOne() {
        application
                .withBean(
                        "cacheResolver",
                        CacheResolver.class,
                        () -> new SimpleCacheResolver(new ConcurrentMapCacheManager()))
                .withBean(ConfigurerOfResolver.class)
                .run(context -> assertThat(context).doesNotHaveBean(SkeinCacheManager.class));
    }

    static class ConfigurerOfResolver implements CachingConfigurer {
        @Override
        public CacheResolver cacheResolver() {
            return new SimpleCacheResolver(new ConcurrentMapCacheManager());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "simple", "caffeine", "redis"})
    void anotherType_isWhatTheApplicationWants(String type) {
        application
                .withPropertyValues("spring.cache.type=" + type)
                .withConfiguration(AutoConfigurations.of(Later.class)) // as Boot's own, which gives what was asked for
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(CacheManager.class)
                        .doesNotHaveBean(SkeinCacheManager.class));
    }

    /** As when another auto-configuration, after ours, brings a manager and makes it the primary one. */
    @Test
    void withAnotherManagerThatIsPrimary_methodsAreSpringsOwn() {
        application
                .withBean(Things.class)
                .withConfiguration(AutoConfigurations.of(Later.class))
                .run(context -> {
                    var things = context.getBean(Things.class);

                    assertThat(things.find(1)).isSameAs(things.find(1));
                    assertThat(context.getBeansOfType(CacheManager.class)).hasSize(2);
                    assertThat(context.getBean(CacheManager.class)
                                    .getCache("things")
                                    .get(1L))
                            .isNotNull();
                    assertThat(context.getBean(SkeinCacheManager.class).getCacheNames())
                            .isEmpty();
                });
    }

    @AutoConfiguration(after = SkeinCacheAutoConfiguration.class)
    static class Later {
        @Bean
        @Primary
        ConcurrentMapCacheManager later() {
            return new ConcurrentMapCacheManager();
        }
    }

    @Test
    void aSpecOfCaffeine_isToldToBeIgnored() {
        var told = messages(() -> application
                .withPropertyValues("spring.cache.caffeine.spec=maximumSize=10")
                .run(context -> assertThat(context).hasNotFailed()));

        assertThat(told)
                .singleElement()
                .asString()
                .contains("spring.cache.caffeine.spec")
                .contains("skein.defaults.ttl");
        assertThat(messages(() -> application.run(context -> assertThat(context).hasNotFailed())))
                .isEmpty();
    }

    private static List<String> messages(Runnable work) {
        var messages = new ArrayList<String>();
        var logger = Logger.getLogger(SkeinCacheManager.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                    messages.add(entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
        }
        return messages;
    }

    @Test
    void transactionAware_needsSpringTx() {
        application
                .withClassLoader(new FilteredClassLoader(TransactionSynchronizationManager.class))
                .withPropertyValues("skein.transaction-aware=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("skein.transaction-aware")
                        .hasMessageContaining("spring-tx"));
    }

    @Test
    void withoutSpringTx_theRestWorks() {
        application
                .withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
                .withBean(Things.class)
                .run(context -> {
                    var things = context.getBean(Things.class);

                    assertThat(things.find(1)).isSameAs(things.find(1));
                });
    }

    @Test
    void anUnknownCache_isAnErrorIfItMayNotBeCreated() {
        application
                .withBean(Things.class)
                .withPropertyValues("skein.create-unknown=false", "skein.caches.thing.ttl=1s")
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Things.class).find(1))
                        .hasMessageContaining("things"));
    }
}
