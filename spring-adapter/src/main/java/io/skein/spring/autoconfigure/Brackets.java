package io.skein.spring.autoconfigure;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Looks for names of caches and groups that need brackets and have none: Boot would leave their special characters out,
 * and so configure a cache of another name.
 */
final class Brackets {
    private static final Pattern SPECIAL =
            Pattern.compile("skein\\.(caches|groups|streams)\\.([^.\\[]*[^a-zA-Z0-9.\\[_-].*)\\.([^.]+)");

    private Brackets() {}

    /** @throws InvalidPropertyException if there is one */
    static void check(Environment environment) {
        if (environment instanceof ConfigurableEnvironment configurable) {
            for (var source : configurable.getPropertySources()) {
                if (source instanceof EnumerablePropertySource<?> enumerable) {
                    check(enumerable);
                }
            }
        }
    }

    private static void check(EnumerablePropertySource<?> source) {
        for (var property : source.getPropertyNames()) {
            var matcher = SPECIAL.matcher(property);
            if (matcher.matches()) {
                var right = Sheet.prefix(matcher.group(1), matcher.group(2)) + matcher.group(3);
                throw new InvalidPropertyException(
                        property,
                        String.valueOf(source.getProperty(property)),
                        origin(source, property),
                        "a name with characters other than letters, digits and dashes goes into brackets",
                        "Write " + right + ".",
                        null);
            }
        }
    }

    private static @Nullable Origin origin(PropertySource<?> source, String property) {
        return OriginLookup.getOrigin(source, property);
    }
}
