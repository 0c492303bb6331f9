package io.skein.spring.autoconfigure;

import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.spring.SkeinRegistry;
import io.skein.stream.StreamGroup;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * Makes a bean of each cache, group and group of streams that has properties or a loader: {@code @Qualifier("products") CoalescingCache<Long,
 * Product>}, or without the qualifier where the parameter has its name. The bean has the name of the cache, unless another
 * bean has it already; the qualifier works all the same.
 */
final class InjectableBeans implements BeanFactoryPostProcessor, PriorityOrdered, EnvironmentAware {
    /** Names the bean that is the registry. */
    static final String REGISTRY = "skeinRegistry";

    /** The registry's method for caches. */
    static final String CACHE = "cache";

    /** The registry's method for groups. */
    static final String GROUP = "group";

    /** The registry's method for groups of streams. */
    static final String STREAMS = "streams";

    private static final String PREFIX = "skein.";

    private Environment environment = new StandardEnvironment();

    @Override
    public void setEnvironment(Environment environment) {
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
        var properties = new SkeinProperties();
        Binder.get(environment).bind("skein", Bindable.ofInstance(properties));
        var caches = new LinkedHashSet<>(properties.getCaches().keySet());
        caches.addAll(PropertiesMaker.cachesWithLoader(beans));
        caches.forEach(name -> define(definitions, beans, name, CACHE, CoalescingCache.class));
        properties.getGroups().keySet().forEach(name -> define(definitions, beans, name, GROUP, Group.class));
        properties.getStreams().keySet().forEach(name -> define(definitions, beans, name, STREAMS, StreamGroup.class));
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
        if (isTaken && isOf(type, beans, name)) {
            return; // the application's own
        }
        var definition = new RootBeanDefinition();
        definition.setTargetType(type);
        definition.setFactoryBeanName(registry(beans));
        definition.setFactoryMethodName(kind);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.setDestroyMethodName(""); // the registry closes it
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definitions.registerBeanDefinition(beanName(kind, name), definition);
        if (!isTaken) {
            definitions.registerAlias(beanName(kind, name), name);
        }
    }

    /** Makes no factory bean before its time to know what it makes. */
    private static boolean isOf(Class<?> type, ConfigurableListableBeanFactory beans, String name) {
        var known = beans.getType(name, false);
        return known != null && type.isAssignableFrom(known);
    }

    /** The application may have one of its own. */
    private static String registry(ConfigurableListableBeanFactory beans) {
        return beans.containsBeanDefinition(REGISTRY)
                ? REGISTRY
                : Arrays.stream(beans.getBeanNamesForType(SkeinRegistry.class, true, false))
                        .findFirst()
                        .orElse(REGISTRY);
    }

    /** The names of the caches or groups of the application's own that are made when it starts. */
    static List<String> userDefined(ConfigurableListableBeanFactory beans, Class<?> type) {
        return Arrays.stream(beans.getBeanNamesForType(type, false, false))
                .filter(name -> !name.startsWith(PREFIX))
                .filter(name -> !beans.containsBeanDefinition(name)
                        || !beans.getMergedBeanDefinition(name).isLazyInit())
                .toList();
    }

    private static String beanName(String kind, String name) {
        return PREFIX + kind + "." + name;
    }

    /** Whether the bean of this name is one that is made here. */
    static boolean isOurs(ConfigurableListableBeanFactory beans, String kind, String name) {
        return Arrays.asList(beans.getAliases(name)).contains(beanName(kind, name));
    }
}
