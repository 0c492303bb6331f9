package io.skein.spring.autoconfigure;

import io.skein.Group;
import io.skein.cache.CoalescingCache;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Makes a bean of each cache and group that has properties or a loader: {@code @Qualifier("products") CoalescingCache<Long,
 * Product>}, or without the qualifier where the parameter has its name. The bean has the name of the cache, unless another
 * bean has it already; the qualifier works all the same.
 */
final class InjectableBeans implements BeanFactoryPostProcessor, PriorityOrdered {
    /** Names the bean that is the registry. */
    static final String REGISTRY = "skeinRegistry";

    /** The registry's method for caches. */
    static final String CACHE = "cache";

    /** The registry's method for groups. */
    static final String GROUP = "group";

    private final Environment environment;

    InjectableBeans(Environment environment) {
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (!(beans instanceof BeanDefinitionRegistry definitions)) {
            return;
        }
        Brackets.check(environment);
        var caches = named("caches");
        caches.addAll(PropertiesMaker.cachesWithLoader(beans));
        caches.forEach(name -> define(definitions, beans, name, CACHE, CoalescingCache.class));
        named("groups").forEach(name -> define(definitions, beans, name, GROUP, Group.class));
    }

    private Set<String> named(String kind) {
        var properties = new SkeinProperties();
        Binder.get(environment).bind("skein", Bindable.ofInstance(properties));
        return new LinkedHashSet<>(
                kind.equals("caches")
                        ? properties.getCaches().keySet()
                        : properties.getGroups().keySet());
    }

    private static void define(
            BeanDefinitionRegistry definitions,
            ConfigurableListableBeanFactory beans,
            String name,
            String kind,
            Class<?> type) {
        if (definitions.containsBeanDefinition(beanName(kind, name))) {
            return; // made ahead of time
        }
        boolean isTaken = beans.containsBean(name);
        if (isTaken && beans.isTypeMatch(name, type)) {
            return; // the application's own
        }
        var definition = new RootBeanDefinition();
        definition.setTargetType(type);
        definition.setFactoryBeanName(REGISTRY);
        definition.setFactoryMethodName(kind);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.setDestroyMethodName(""); // the registry closes it
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definitions.registerBeanDefinition(beanName(kind, name), definition);
        if (!isTaken) {
            definitions.registerAlias(beanName(kind, name), name);
        }
    }

    private static String beanName(String kind, String name) {
        return "skein." + kind + "." + name;
    }

    /** Whether the bean of this name is one that is made here. */
    static boolean isOurs(ConfigurableListableBeanFactory beans, String kind, String name) {
        return Arrays.asList(beans.getAliases(name)).contains(beanName(kind, name));
    }
}
