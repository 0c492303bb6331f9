package io.skein.spring.autoconfigure;

import java.lang.reflect.Field;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ReflectionUtils;

/**
 * Keys of methods as the tier knows keys: Spring makes one of all parameters, where there is more than one, and that is a list with a
 * mark, so that it is not taken for a list that is a parameter.
 */
final class SpringKeys {
    /** Where Spring's key has its parts. */
    static final String FIELD = "params";

    private static final Field PARAMETERS = parameters();

    private SpringKeys() {}

    private static Field parameters() {
        var field = ReflectionUtils.findField(SimpleKey.class, FIELD);
        if (field == null) {
            throw new IllegalStateException("Spring's SimpleKey has no params");
        }
        ReflectionUtils.makeAccessible(field);
        return field;
    }

    /** What no parameter is. */
    private enum Mark {
        PARAMETERS
    }

    /** Itself, or a list of its parts. */
    static Object plain(Object key) {
        if (!(key instanceof SimpleKey)) {
            return key;
        }
        var list = new ArrayList<@Nullable Object>();
        list.add(Mark.PARAMETERS);
        for (var part : parts(key)) {
            list.add(part == null ? null : plain(part));
        }
        return list;
    }

    private static @Nullable Object[] parts(Object key) {
        var parts = (@Nullable Object[]) ReflectionUtils.getField(PARAMETERS, key);
        return parts == null ? new Object[0] : parts;
    }
}
