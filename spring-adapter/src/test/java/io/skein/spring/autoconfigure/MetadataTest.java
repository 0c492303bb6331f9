package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.skein.GroupBuilder;
import io.skein.cache.CoalescingCacheBuilder;
import io.skein.redis.RedisTierBuilder;
import io.skein.stream.StreamGroupBuilder;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an IDE knows of the properties. */
class MetadataTest {
    /** What a builder has and a property cannot say: these are found as beans. */
    private static final Set<String> BEANS = Set.of(
            "contextLoader", "asyncLoader", "asyncContextLoader", "bulkLoader", "listener", "ticker", "scheduler");

    /** What a property cannot say of Redis: a RedisTierCustomizer does. */
    private static final Set<String> OF_CUSTOMIZERS = Set.of("client-resources", "client-options", "object-mapper");

    private static final String BEHIND = "write-behind";

    /** The names of the settings that a class of properties has. */
    static Set<String> settings(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .map(name -> name.substring(3))
                .map(name -> name.replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> descriptions() throws IOException {
        try (InputStream in = MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            List<Map<String, Object>> properties = JsonPath.read(in, "$.properties");
            var found = new HashMap<String, String>();
            properties.forEach(property ->
                    found.put((String) property.get("name"), (String) property.getOrDefault("description", "")));
            return found;
        }
    }

    @Test
    void everyProperty_isInTheMetadata_withADescription() throws IOException {
        var descriptions = descriptions();

        for (var setting : settings(CacheProperties.class)) {
            assertThat(descriptions).containsKey("skein.defaults." + setting);
        }
        for (var setting : settings(WriteBehindProperties.class)) {
            assertThat(descriptions).containsKey("skein.defaults." + BEHIND + "." + setting);
        }
        for (var setting : settings(RedisProperties.class)) {
            assertThat(descriptions).containsKey("skein.redis." + setting);
        }
        assertThat(descriptions)
                .containsKeys(
                        "skein.caches",
                        "skein.groups",
                        "skein.streams",
                        "skein.create-unknown",
                        "skein.transaction-aware",
                        "skein.cache-null-values",
                        "skein.coalesce-cacheable",
                        "skein.propagate-mdc",
                        "skein.endpoint.show-keys",
                        "skein.observations.enabled",
                        "skein.observations.with-keys");
        descriptions.forEach((name, description) -> assertThat(description)
                .as("description of " + name)
                .hasSizeGreaterThan(20)
                .endsWith(".")
                .doesNotContain("{@"));
    }

    @Test
    void everySettingOfTheBuilders_isAProperty() {
        for (var setting : builderSettings(CoalescingCacheBuilder.class)) {
            if (!setting.equals(BEHIND)) {
                assertThat(settings(CacheProperties.class)).contains(setting);
            }
        }
        for (var setting : builderSettings(WriteBehind.class)) {
            assertThat(settings(WriteBehindProperties.class)).contains(setting.equals("retry") ? "retries" : setting);
        }
        for (var setting : builderSettings(RedisTierBuilder.class)) {
            if (!OF_CUSTOMIZERS.contains(setting)) {
                assertThat(settings(RedisProperties.class)).contains(setting);
            }
        }
        for (var setting : builderSettings(StreamGroupBuilder.class)) {
            assertThat(settings(StreamProperties.class)).contains(setting);
        }
        for (var setting : builderSettings(GroupBuilder.class)) {
            assertThat(settings(FlightProperties.class)).contains(setting);
        }
    }

    private static Set<String> builderSettings(Class<?> builder) {
        return Arrays.stream(builder.getMethods())
                .filter(method -> method.getReturnType() == builder
                        && method.getParameterCount() > 0
                        && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !BEANS.contains(name))
                .map(name -> name.equals("types") ? "keyType" : name)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
