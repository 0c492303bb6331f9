package io.skein.spring.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
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
import org.springframework.boot.context.properties.EnableConfigurationProperties;
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
            ObjectProvider<Guards> guards) {
        return new SkeinRegistry(new PropertiesMaker(
                properties, beans, environment, guards.getIfAvailable(NoGuards::new), parent(beans)));
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
            ConfigurableListableBeanFactory beans) {
        return () -> {
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
}
