package io.skein.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.micrometer.LoadObservationConvention;
import io.skein.micrometer.SkeinMetrics;
import io.skein.micrometer.SkeinObservations;
import io.skein.redis.RedisTier;
import io.skein.redis.RedisTierMetrics;
import io.skein.stream.StreamGroup;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** Counts every cache and group in the application's meter registry, and observes every load. */
@AutoConfiguration(
        after = SkeinAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
public final class SkeinMicrometerAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class Metrics {
        @Bean
        @ConditionalOnMissingBean
        SkeinMetrics skeinMetrics(MeterRegistry registry) {
            return SkeinMetrics.of(registry);
        }

        @Bean
        Monitor skeinMetricsMonitor(SkeinMetrics metrics) {
            return new Monitor() {
                @Override
                public void monitor(CoalescingCache<Object, Object> cache) {
                    metrics.monitor(cache);
                }

                @Override
                public void monitor(Group<Object, ?> group) {
                    metrics.monitor(group);
                }

                @Override
                public void monitor(StreamGroup<Object> streams) {
                    metrics.monitor(streams);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({RedisTierMetrics.class, MeterRegistry.class})
    @ConditionalOnBean(MeterRegistry.class)
    static class OfRedis {
        /** Of every tier that there will be: the one of the starter is made when it is needed. */
        @Bean
        static BeanPostProcessor skeinRedisTierMetrics(ObjectProvider<MeterRegistry> registry) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    if (bean instanceof RedisTier tier) {
                        registry.ifAvailable(one -> new RedisTierMetrics(tier).bindTo(one));
                    }
                    return bean;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationRegistry.class, MeterRegistry.class})
    @ConditionalOnBean(ObservationRegistry.class)
    @ConditionalOnProperty(name = "skein.observations.enabled", matchIfMissing = true)
    static class Observing {
        /** One for each cache and group: a single one tells them apart by name, which a cache and a group may share. */
        @Bean
        @Scope(BeanDefinition.SCOPE_PROTOTYPE)
        @ConditionalOnMissingBean
        SkeinObservations skeinObservations(ObservationRegistry registry, SkeinProperties properties) {
            return SkeinObservations.of(
                    registry,
                    properties.getObservations().isWithKeys()
                            ? LoadObservationConvention.WITH_KEYS
                            : LoadObservationConvention.DEFAULT);
        }
    }
}
