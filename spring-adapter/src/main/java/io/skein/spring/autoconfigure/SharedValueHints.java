package io.skein.spring.autoconfigure;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What a native image has to know of the values of shared caches, which are written and read as JSON: those that the properties name
 * when it is built.
 */
final class SharedValueHints implements BeanFactoryInitializationAotProcessor {
    private static final BindingReflectionHintsRegistrar JSON = new BindingReflectionHintsRegistrar();

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beans) {
        var properties = new SkeinProperties();
        Binder.get(beans.getBean(Environment.class)).bind("skein", Bindable.ofInstance(properties));
        var types = new LinkedHashSet<Class<?>>();
        var usual = properties.getDefaults().getValueType();
        if (usual != null) {
            types.add(usual);
        }
        properties.getCaches().values().forEach(cache -> {
            if (cache.getValueType() != null) {
                types.add(cache.getValueType());
            }
        });
        return types.isEmpty()
                ? null
                : (generation, code) -> JSON.registerReflectionHints(
                        generation.getRuntimeHints().reflection(), types.toArray(new Class<?>[0]));
    }
}
