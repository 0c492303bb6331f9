package io.skein.spring.autoconfigure;

import io.skein.redis.RedisTier;
import io.skein.tier.SharedTier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** By Redis. Loaded only where {@code skein-redis} is. */
final class RedisTiers implements Tiers {
    private static final String BY_NAME =
            "Name by shared-tier a SharedTier bean, which a RedisTier makes of a TypeReference or a Codec.";

    private final ConfigurableListableBeanFactory beans;

    RedisTiers(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public SharedTier<Object, Object> of(Sheet<CacheProperties> sheet) {
        var type = valueType(sheet);
        try {
            return tier().of(type, SpringKeys::plain);
        } catch (NoUniqueBeanDefinitionException e) {
            // It is not the cause of what is thrown: Boot would explain it as an injection that has failed.
            throw sheet.invalid(
                    "shared",
                    "there is more than one RedisTier bean, and none is primary: "
                            + String.join(", ", List.of(names())),
                    "Mark one with @Primary, or name by shared-tier a SharedTier bean that one of them makes.",
                    null);
        }
    }

    @Override
    public void connect() {
        tier();
    }

    private static Class<Object> valueType(Sheet<CacheProperties> sheet) {
        var found = new AtomicReference<@Nullable Class<?>>();
        sheet.apply("value-type", CacheProperties::getValueType, found::set);
        var type = found.get();
        if (type == null) {
            throw sheet.invalid(
                    "shared",
                    "it needs value-type, which is not set: what class to make of what is in Redis is never read from there",
                    "Set value-type, or shared=false, or name a SharedTier bean by shared-tier, as for types with parameters.",
                    null);
        }
        var element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        if (element == Object.class) {
            throw sheet.invalid("value-type", "it does not tell what class to make of what is in Redis", BY_NAME, null);
        }
        if (element.getTypeParameters().length > 0) {
            throw sheet.invalid(
                    "value-type",
                    "it has type parameters, and a class does not tell what they are: what is read from Redis would be of"
                            + " other classes than what was stored",
                    BY_NAME,
                    null);
        }
        return unchecked(type);
    }

    /** The one that there is, or the primary one of several. */
    private RedisTier tier() {
        var names = names();
        if (names.length == 0) {
            return beans.getBean(RedisTier.class); // as far as Spring can tell, there is none: it complains
        }
        var name = names.length == 1 ? names[0] : primary(names);
        if (beans.containsLocalBean(name)) {
            beans.registerDependentBean(name, InjectableBeans.REGISTRY); // is needed until the last cache is closed
        }
        return beans.getBean(name, RedisTier.class);
    }

    /** Makes no factory bean before its time to know what it makes. */
    private String[] names() {
        return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, RedisTier.class, true, false);
    }

    private String primary(String[] names) {
        var primary = Arrays.stream(names)
                .filter(beans::containsBeanDefinition)
                .filter(name -> beans.getMergedBeanDefinition(name).isPrimary())
                .toList();
        if (primary.size() != 1) {
            throw new NoUniqueBeanDefinitionException(RedisTier.class, names);
        }
        return primary.get(0);
    }

    @SuppressWarnings("unchecked") // the application says so, and the cache checks it
    private static Class<Object> unchecked(Class<?> type) {
        return (Class<Object>) type;
    }
}
