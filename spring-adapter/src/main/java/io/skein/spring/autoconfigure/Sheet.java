package io.skein.spring.autoconfigure;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * What is set for one cache, group or group of streams: by its own properties, else by the defaults. It knows where each value comes from,
 * so that a complaint names the property to change.
 *
 * @param <P> the properties
 */
final class Sheet<P> {
    /** Of these a zero is a setting like any other. */
    private static final Set<String> ZERO_COUNTS = Set.of(WriteBehindSheet.PREFIX + "max-wait");

    private final String prefix;
    private final @Nullable P own;
    private final P defaults;
    private final ListableBeanFactory beans;
    private final Environment environment;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, String> origins = new LinkedHashMap<>();

    /** @param kind {@code caches}, {@code groups} or {@code streams} */
    Sheet(String kind, String name, @Nullable P own, P defaults, ListableBeanFactory beans, Environment environment) {
        this.prefix = prefix(kind, name);
        this.own = own;
        this.defaults = defaults;
        this.beans = beans;
        this.environment = environment;
    }

    /** The first part of the names of its properties, the last dot included. */
    static String prefix(String kind, String name) {
        return "skein." + kind + (name.matches("[a-zA-Z0-9-]+") ? "." + name : "[" + name + "]") + ".";
    }

    /** What it was built with. */
    Map<String, Object> settings() {
        return settings;
    }

    /** Whether a setting was found. */
    boolean isSet(String setting) {
        return settings.containsKey(setting);
    }

    /** Hands a setting to the builder, if it is set. */
    <T> void apply(String setting, Function<? super P, ? extends @Nullable T> getter, Consumer<? super T> builder) {
        var value = find(setting, getter);
        if (value == null) {
            return;
        }
        try {
            builder.accept(value);
        } catch (InvalidPropertyException e) { // it says already what is wrong, and what to do
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw invalid(setting, String.valueOf(e.getMessage()), "Change it, or leave it out.", e);
        }
    }

    /** Hands the bean that a setting names to the builder, if it is set. */
    <T> void applyBean(
            String setting, Function<? super P, @Nullable String> getter, Class<T> type, Consumer<? super T> builder) {
        apply(setting, getter, name -> builder.accept(bean(setting, name, type)));
    }

    /** What is set; a zero of its own switches off what the defaults say. */
    private <T> @Nullable T find(String setting, Function<? super P, ? extends @Nullable T> getter) {
        T mine = own == null ? null : getter.apply(own);
        T usual = getter.apply(defaults);
        boolean isOff = usual != null && isOff(mine) && !ZERO_COUNTS.contains(setting);
        if ((mine == null && usual == null) || isOff) {
            return null;
        }
        T chosen = mine == null ? usual : mine;
        settings.put(setting, chosen);
        origins.put(setting, (mine == null ? "skein.defaults." : prefix) + setting);
        return chosen;
    }

    private static boolean isOff(@Nullable Object value) {
        return (value instanceof Duration time && time.isZero()) || (value instanceof Double number && number == 0);
    }

    private <T> T bean(String setting, String name, Class<T> type) {
        if (beans.containsBean(name) && beans.isTypeMatch(name, type)) {
            if (beans instanceof ConfigurableBeanFactory factory) {
                factory.registerDependentBean(name, InjectableBeans.REGISTRY); // is needed until the last write
            }
            return beans.getBean(name, type);
        }
        var names = List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type));
        throw invalid(
                setting,
                "there is no bean of this name that is a " + type.getSimpleName(),
                Suggestion.sentence(name, names, type.getSimpleName() + " bean"),
                null);
    }

    /** What is wrong with a setting that is set. */
    InvalidPropertyException invalid(String setting, String problem, String remedy, @Nullable Throwable cause) {
        var property = origins.getOrDefault(setting, prefix + setting);
        var written = written(property, environment);
        var value = written == null ? String.valueOf(settings.get(setting)) : String.valueOf(written.getValue());
        return new InvalidPropertyException(
                property, value, written == null ? null : written.getOrigin(), problem, remedy, cause);
    }

    /** As it was written, and where; null if it is not. */
    static @Nullable ConfigurationProperty written(String property, Environment environment) {
        var name = ConfigurationPropertyName.adapt(property, '.'); // as it was written, capitals included
        for (var source : ConfigurationPropertySources.get(environment)) {
            var found = source.getConfigurationProperty(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /**
     * The builder says that settings contradict each other: its message begins with the one to complain of. It may be none
     * of the properties', but of a bean.
     */
    InvalidPropertyException contradiction(IllegalArgumentException e) {
        var message = String.valueOf(e.getMessage());
        var setting = settings.keySet().stream()
                .filter(known -> message.contains(camelCase(known)))
                .min(Comparator.comparingInt((String known) -> message.indexOf(camelCase(known)))
                        .thenComparingInt(known -> -known.length()));
        return setting.map(known -> invalid(known, message, "Set what it needs, or leave it out.", e))
                .orElseGet(() -> new InvalidPropertyException(
                        prefix + "*", "", null, message, "Beans are part of it: its loaders and customizers.", e));
    }

    private static String camelCase(String kebab) {
        var words = kebab.split("-", -1);
        var out = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            out.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(words[i].substring(1));
        }
        return out.toString();
    }
}
