package io.skein.spring.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.redis.RedisTier;
import io.skein.spring.RedisTierCustomizer;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.annotation.CoalescedAdvisor;
import io.skein.spring.annotation.CoalescedMethods;
import io.skein.stream.StreamGroup;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Caches, groups, and {@link io.skein.spring.Coalesced}. */
@AutoConfiguration
@EnableConfigurationProperties(SkeinProperties.class)
@ImportRuntimeHints(SkeinRuntimeHints.class)
@Import(SkeinAutoConfiguration.ProxyCreator.class)
public final class SkeinAutoConfiguration {
    private static final String METHODS = "skeinCoalescedMethods";

    @Bean
    static InjectableBeans skeinInjectableBeans() {
        return new InjectableBeans();
    }

    @Bean(InjectableBeans.REGISTRY)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    SkeinRegistry skeinRegistry(
            SkeinProperties properties,
            ConfigurableListableBeanFactory beans,
            Environment environment,
            ObjectProvider<Guards> guards,
            ObjectProvider<Tiers> tiers) {
        return new SkeinRegistry(new PropertiesMaker(
                properties,
                beans,
                environment,
                guards.getIfAvailable(NoGuards::new),
                tiers.getIfAvailable(NoTiers::new),
                parent(beans)));
    }

    private static @Nullable SkeinRegistry parent(ConfigurableListableBeanFactory beans) {
        var parent = beans.getParentBeanFactory();
        return parent == null
                ? null
                : parent.getBeanProvider(SkeinRegistry.class).getIfAvailable();
    }

    // Infrastructure of proxies: created before other beans, so it depends on none of them.

    @Bean(METHODS)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CoalescedMethods skeinCoalescedMethods() {
        return new CoalescedMethods();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CoalescedAdvisor skeinCoalescedAdvisor() {
        return new CoalescedAdvisor(METHODS);
    }

    /** Whether Spring's aspects are there or not, our advisor needs somebody who makes proxies. */
    static final class ProxyCreator implements ImportBeanDefinitionRegistrar, EnvironmentAware {
        private boolean proxiesClasses = true;

        @Override
        public void setEnvironment(Environment environment) {
            proxiesClasses = CoalescedMethods.proxiesClasses(environment);
        }

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
            if (proxiesClasses) {
                AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
            }
        }
    }

    /** Builds what is named anywhere when the application starts, so that what is wrong with it is told then. */
    @Bean
    @Lazy(false)
    static SmartInitializingSingleton skeinStart(
            SkeinRegistry registry,
            SkeinProperties properties,
            CoalescedMethods methods,
            ObjectProvider<Tiers> tiers,
            ConfigurableListableBeanFactory beans) {
        return () -> {
            boolean sharesOnDemand =
                    Boolean.TRUE.equals(properties.getDefaults().getShared());
            if (sharesOnDemand && Boolean.TRUE.equals(properties.getRedis().getFailFast())) {
                tiers.ifAvailable(Tiers::connect);
            }
            properties.getCaches().keySet().forEach(registry::managedCache);
            PropertiesMaker.cachesWithLoader(beans).forEach(registry::managedCache);
            properties.getGroups().keySet().forEach(registry::managedGroup);
            properties.getStreams().keySet().forEach(registry::managedStreams);
            InjectableBeans.userDefined(beans, CoalescingCache.class).forEach(registry::managedCache);
            InjectableBeans.userDefined(beans, Group.class).forEach(registry::managedGroup);
            InjectableBeans.userDefined(beans, StreamGroup.class).forEach(registry::managedStreams);
            methods.all().forEach(method -> {
                method.checkBeans(beans);
                method.build(registry);
            });
        };
    }

    /** The MDC goes along to loads on other threads, as what else is registered for context propagation does. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.slf4j.MDC")
    @ConditionalOnProperty(name = "skein.propagate-mdc", matchIfMissing = true)
    static class LoggingContext {
        LoggingContext() {
            var registry = ContextRegistry.getInstance();
            boolean isKnown = registry.getThreadLocalAccessors().stream()
                    .anyMatch(accessor -> accessor.key().equals(Slf4jThreadLocalAccessor.KEY));
            if (!isKnown) {
                registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
            }
        }
    }

    /** Resilience4j's instances by name. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.github.resilience4j.core.Registry")
    static class Resilience4j {
        @Bean
        Guards skeinGuards(ConfigurableListableBeanFactory beans) {
            return new Resilience4jGuards(beans);
        }
    }

    /** Caches that are shared by Redis. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.skein.redis.RedisTier")
    static class Redis {
        @Bean
        static SharedValueHints skeinSharedValueHints() {
            return new SharedValueHints();
        }

        @Bean
        Tiers skeinTiers(ConfigurableListableBeanFactory beans) {
            return new RedisTiers(beans);
        }

        /** Made only if a cache is shared, or if it is asked for. */
        @Bean
        @Lazy
        @ConditionalOnMissingBean
        RedisTier skeinRedisTier(
                SkeinProperties properties,
                Environment environment,
                ObjectProvider<BootRedis> boot,
                ObjectProvider<SslBundles> bundles,
                ObjectProvider<RedisTierCustomizer> customizers) {
            var place = RedisSettings.place(properties.getRedis(), environment, boot, bundles);
            var builder = place.builder();
            RedisSettings.apply(properties.getRedis(), environment, builder);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return RedisSettings.build(place, builder);
        }

        // What Boot knows of connections stands elsewhere in each line of it: a class for each.

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails")
        static class OnBoot3 {
            @Bean
            BootRedis skeinBootRedis(ObjectProvider<RedisConnectionDetails> details) {
                return new Boot3Redis(details);
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails")
        static class OnBoot4 {
            @Bean
            BootRedis skeinBootRedis(ObjectProvider<DataRedisConnectionDetails> details) {
                return new Boot4Redis(details);
            }
        }
    }
}
