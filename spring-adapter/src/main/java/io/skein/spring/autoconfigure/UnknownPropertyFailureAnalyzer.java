package io.skein.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which property there is none of, and which may have been meant. Goes before Boot's, which cannot know. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("skein");

    private static final ConfigurationPropertyName REDIS = ConfigurationPropertyName.of("skein.redis");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        var ours = cause.getUnboundProperties().stream()
                .filter(property -> PREFIX.isAncestorOf(property.getName()))
                .toList();
        if (ours.isEmpty()) {
            return null;
        }
        var description = ours.stream()
                .map(UnknownPropertyFailureAnalyzer::describe)
                .collect(Collectors.joining("\n", "Skein has no such property:\n\n", ""));
        var action = ours.stream()
                .map(property -> advise(property.getName()))
                .distinct()
                .collect(Collectors.joining("\n"));
        return new FailureAnalysis(description, action, cause);
    }

    private static String describe(ConfigurationProperty property) {
        boolean mayBeSecret = REDIS.isAncestorOf(property.getName());
        return "    Property: " + property.getName() + "\n    Value: " + (mayBeSecret ? "******" : property.getValue())
                + (property.getOrigin() == null ? "" : "\n    Origin: " + property.getOrigin());
    }

    private static String advise(ConfigurationPropertyName name) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            parts.add(name.getElement(i, Form.ORIGINAL));
        }
        var first = parts.get(1);
        var rest = String.join(".", parts.subList(2, parts.size()));
        return switch (first) {
            case "caches", "groups", "streams" -> adviseNamed(parts);
            case "defaults" ->
                rest.startsWith(WriteBehindSheet.PREFIX)
                        ? adviseWriteBehind("skein.defaults.", parts)
                        : advise("skein.defaults.", rest, settings(CacheProperties.class));
            case "redis" -> advise("skein.redis.", rest, settings(RedisProperties.class));
            case "endpoint" -> advise("skein.endpoint.", rest, settings(SkeinProperties.Endpoint.class));
            case "observations" -> advise("skein.observations.", rest, settings(SkeinProperties.Observations.class));
            default ->
                Suggestion.of(first, settings(SkeinProperties.class))
                        .map(meant -> "Did you mean 'skein." + meant + (rest.isEmpty() ? "" : "." + rest) + "'?")
                        .orElseGet(() -> advise("skein.", first, settings(SkeinProperties.class)));
        };
    }

    /** A name with a dot that has no brackets looks like a name and a property. */
    private static String adviseNamed(List<String> parts) {
        var known = settings(
                switch (parts.get(1)) {
                    case "caches" -> CacheProperties.class;
                    case "groups" -> FlightProperties.class;
                    default -> StreamProperties.class;
                });
        var last = parts.get(parts.size() - 1);
        boolean isWriteBehind = WriteBehindSheet.PREFIX.equals(parts.get(parts.size() - 2) + ".");
        if (parts.get(1).equals("caches") && parts.size() > 4 && isWriteBehind) {
            var cache = String.join(".", parts.subList(2, parts.size() - 2));
            return adviseWriteBehind(Sheet.prefix("caches", cache), parts);
        }
        if (parts.size() > 4 && known.contains(last)) {
            return "Did you mean '" + Sheet.prefix(parts.get(1), String.join(".", parts.subList(2, parts.size() - 1)))
                    + last + "'? A name with dots or slashes goes into brackets.";
        }
        return advise(Sheet.prefix(parts.get(1), parts.get(2)), last, known);
    }

    private static String adviseWriteBehind(String prefix, List<String> parts) {
        return advise(
                prefix + WriteBehindSheet.PREFIX, parts.get(parts.size() - 1), settings(WriteBehindProperties.class));
    }

    private static String advise(String prefix, String last, Set<String> known) {
        return Suggestion.of(last, known)
                .map(name -> "Did you mean '" + prefix + name + "'?")
                .orElse("There is under '" + prefix + "': " + String.join(", ", known) + ".");
    }

    private static Set<String> settings(Class<?> type) {
        return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
                .map(property -> property.getName())
                .filter(name -> !name.equals("class"))
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
