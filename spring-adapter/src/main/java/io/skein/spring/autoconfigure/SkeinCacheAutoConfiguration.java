package io.skein.spring.autoconfigure;

import io.skein.spring.SkeinRegistry;
import io.skein.spring.cache.CallResolver;
import io.skein.spring.cache.CoalescingOperations;
import io.skein.spring.cache.SkeinCacheManager;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.context.ApplicationContext;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The cache manager behind Spring's annotations, in an application with {@code @EnableCaching} that has none of its own and
 * does not ask for another by {@code spring.cache.type}.
 */
@AutoConfiguration(
        after = SkeinAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration",
            "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration"
        })
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "never", matchIfMissing = true)
public final class SkeinCacheAutoConfiguration {
    private static final System.Logger LOG = System.getLogger(SkeinCacheManager.class.getName());
    private static final String RESOLVER = "skeinCallResolver";

    @Bean
    SkeinCacheManager cacheManager(SkeinRegistry registry, SkeinProperties properties, ApplicationContext context) {
        if (context.getEnvironment().containsProperty("spring.cache.caffeine.spec")) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "spring.cache.caffeine.spec is for Caffeine's own cache manager, and is not read: set what it says by"
                            + " skein.defaults.ttl, skein.defaults.maximum-size and the like");
        }
        if (properties.isTransactionAware()
                && !ClassUtils.isPresent(
                        "org.springframework.transaction.support.TransactionSynchronizationManager",
                        context.getClassLoader())) {
            throw new InvalidPropertyException(
                    "skein.transaction-aware",
                    "true",
                    null,
                    "spring-tx is not on the class path",
                    "Add it, or leave the property out.",
                    null);
        }
        return new SkeinCacheManager(registry, properties.isCacheNullValues(), properties.isTransactionAware());
    }

    @Bean(RESOLVER)
    CallResolver skeinCallResolver(BeanFactory beans) {
        return new CallResolver(beans);
    }

    @Bean
    static Operations skeinCacheOperations() {
        return new Operations();
    }

    /**
     * Has Spring's cache interceptor see our operations. It is created early, and so is this; what it needs it is told, since
     * Spring would make factory beans to find it.
     */
    static final class Operations implements BeanPostProcessor, PriorityOrdered, BeanFactoryAware, EnvironmentAware {
        private @Nullable ListableBeanFactory beans;
        private boolean coalesces = true;

        @Override
        public void setBeanFactory(BeanFactory factory) {
            beans = (ListableBeanFactory) factory;
        }

        @Override
        public void setEnvironment(Environment environment) {
            coalesces = environment.getProperty("skein.coalesce-cacheable", Boolean.class, true);
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof CacheOperationSource source
                    ? new CoalescingOperations(source, this::isOurs, coalesces, RESOLVER)
                    : bean;
        }

        /** Whoever configures by hand which caches are used gets what Spring makes of that. */
        private boolean isOurs() {
            return beans != null
                    && beans.getBeanProvider(CacheManager.class).getIfUnique() instanceof SkeinCacheManager
                    && Arrays.stream(beans.getBeanNamesForType(CachingConfigurer.class, true, false))
                            .allMatch(name -> leavesCaches(beans.getType(name, false)));
        }

        /**
         * Whether it says nothing of managers and resolvers, but perhaps of keys and errors. It is not asked, as it may make a
         * manager to answer. A method is called when this is, so Spring has made it, and its class is known.
         */
        private static boolean leavesCaches(@Nullable Class<?> configurer) {
            return configurer != null
                    && configurer != CachingConfigurer.class
                    && isSpringsOwn(configurer, "cacheManager")
                    && isSpringsOwn(configurer, "cacheResolver");
        }

        private static boolean isSpringsOwn(Class<?> configurer, String method) {
            var found = ReflectionUtils.findMethod(ClassUtils.getUserClass(configurer), method);
            return found != null && found.getDeclaringClass() == CachingConfigurer.class;
        }
    }
}
