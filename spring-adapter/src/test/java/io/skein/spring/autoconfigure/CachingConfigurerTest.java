package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.spring.SkeinRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A configurer that leaves it to others which caches are used leaves them to us. */
class CachingConfigurerTest {
    static class Slow {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch gate = new CountDownLatch(1);

        @Cacheable("things")
        public String find(long id) throws InterruptedException {
            gate.await();
            return "run " + runs.incrementAndGet();
        }
    }

    @EnableCaching
    @Configuration
    static class OfErrors implements CachingConfigurer {
        @Override
        public CacheErrorHandler errorHandler() {
            return new LoggingCacheErrorHandler();
        }
    }

    @EnableCaching
    @Configuration
    static class OfKeys implements CachingConfigurer {
        @Bean
        @Override
        public KeyGenerator keyGenerator() {
            return (target, method, parameters) -> "key of " + List.of(parameters);
        }
    }

    @EnableCaching
    @Configuration
    static class OfErrorsByAMethod {
        @Bean
        CachingConfigurer configurer() {
            return new OfErrors();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OfErrors.class, OfKeys.class, OfErrorsByAMethod.class})
    void methodsAreCoalesced(Class<?> configurer) {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinCacheAutoConfiguration.class))
                .withUserConfiguration(configurer)
                .withBean(Slow.class)
                .run(context -> {
                    var slow = context.getBean(Slow.class);
                    var cache = context.getBean(SkeinRegistry.class).cache("things");

                    var calls = Stream.generate(() -> called(slow)).limit(3).toList();
                    await().until(() -> cache.flights().stream()
                                    .mapToInt(flight -> flight.callers())
                                    .sum()
                            == 3);
                    inside(slow).gate.countDown();

                    for (var call : calls) {
                        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("run 1");
                    }
                });
    }

    private static CompletableFuture<String> called(Slow slow) {
        var outcome = new CompletableFuture<String>();
        new Thread(() -> {
                    try {
                        outcome.complete(slow.find(1));
                    } catch (InterruptedException | RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                })
                .start();
        return outcome;
    }

    private static Slow inside(Slow proxy) {
        return (Slow) AopProxyUtils.getSingletonTarget(proxy);
    }
}
