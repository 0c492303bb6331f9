package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.cache.CoalescingCache;
import io.skein.event.CacheListener;
import io.skein.spring.Coalesced;
import io.skein.spring.annotation.Root;
import io.skein.stream.StreamGroup;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.cache.interceptor.SimpleKey;

class RuntimeHintsTest {
    private static final String CAFFEINE = "com.github.benmanes.caffeine.cache.";

    private final RuntimeHints hints = new RuntimeHints();

    @BeforeEach
    void register() {
        new SkeinRuntimeHints().registerHints(hints, getClass().getClassLoader());
    }

    // The predicates for methods and fields have other names in each line of Spring: these are of our own.

    private Optional<TypeHint> hint(String type) {
        return Optional.ofNullable(hints.reflection().getTypeHint(TypeReference.of(type)));
    }

    private boolean has(String type, MemberCategory category) {
        return hint(type)
                .filter(hint -> hint.getMemberCategories().contains(category))
                .isPresent();
    }

    private boolean hasMethod(String type, String method) {
        return has(type, MemberCategory.INVOKE_PUBLIC_METHODS)
                || hint(type).stream()
                        .flatMap(TypeHint::methods)
                        .anyMatch(hint -> hint.getName().equals(method) && hint.getMode() == ExecutableMode.INVOKE);
    }

    private boolean hasMethod(Method method) {
        return hasMethod(method.getDeclaringClass().getName(), method.getName());
    }

    private boolean hasField(String type, String field) {
        return hint(type).stream()
                .flatMap(TypeHint::fields)
                .anyMatch(hint -> hint.getName().equals(field));
    }

    @Test
    void propertiesCanBeBound() throws Exception {
        for (var type : List.of(
                SkeinProperties.class,
                CacheProperties.class,
                FlightProperties.class,
                StreamProperties.class,
                WriteBehindProperties.class,
                RedisProperties.class,
                DataRedisProperties.class,
                DataRedisProperties.Sentinel.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as(type.getName())
                    .accepts(hints);
        }
        for (var setter : List.of(
                CacheProperties.class.getMethod("setTtl", Duration.class),
                FlightProperties.class.getMethod("setLoadTimeout", Duration.class),
                SkeinProperties.class.getMethod("setPropagateMdc", boolean.class),
                SkeinProperties.Endpoint.class.getMethod("setShowKeys", boolean.class),
                SkeinProperties.Observations.class.getMethod("setWithKeys", boolean.class))) {
            assertThat(hasMethod(setter)).as(setter.toString()).isTrue();
        }
    }

    @Test
    void propertiesOfBoot_canBeBound() {
        assertThat(hint(DataRedisProperties.class.getName()).stream()
                        .flatMap(TypeHint::constructors)
                        .anyMatch(hint -> hint.getMode() == ExecutableMode.INVOKE))
                .isTrue();
    }

    @Test
    void keysOfMethods_canBeTakenApart() {
        assertThat(hasField(SimpleKey.class.getName(), "params")).isTrue();
    }

    @Test
    void expressionsCanReadTheirRoot() {
        for (var method : Root.class.getDeclaredMethods()) {
            assertThat(hasMethod(method)).as(method.getName()).isTrue();
        }
    }

    @Test
    void virtualThreadsCanBeFound() throws Exception {
        assertThat(has("java.lang.Thread$Builder", MemberCategory.INVOKE_PUBLIC_METHODS))
                .isTrue();
        assertThat(has("java.lang.Thread$Builder$OfVirtual", MemberCategory.INVOKE_PUBLIC_METHODS))
                .isTrue();
        assertThat(hasMethod("java.lang.Thread", "ofVirtual")).isTrue();
        assertThat(hasMethod("java.util.concurrent.Executors", "newThreadPerTaskExecutor"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.transaction.support.TransactionSynchronizationManager",
                "io.github.resilience4j.bulkhead.BulkheadRegistry",
                "io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry",
                "io.github.resilience4j.ratelimiter.RateLimiterRegistry",
                "io.github.resilience4j.retry.RetryRegistry",
                "io.github.resilience4j.timelimiter.TimeLimiterRegistry"
            })
    void librariesThatAreAskedFor_canBeFound(String library) {
        assertThat(Libraries.arePresent(library)).isTrue();
        assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(library)))
                .accepts(hints);
    }

    @Test
    void whatCaffeineFindsByName_canBeFound_whateverTheSettings() throws Exception {
        var found = new LinkedHashSet<Class<?>>();

        for (var cache : cachesWithAllSettings()) {
            found.addAll(generated(field(field(cache, CoalescingCache.class, "store"), Object.class, "entries")));
            cache.close();
        }
        try (var streams =
                StreamGroup.builder("streams").keepFor(Duration.ofHours(1)).build()) {
            found.addAll(generated(field(field(streams, StreamGroup.class, "streams"), Object.class, "kept")));
        }

        assertThat(found).hasSize(10); // 6 kinds of stores and that of streams, 3 kinds of entries
        for (var type : found) {
            assertThat(has(type.getName(), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                    .as(type.getName())
                    .isTrue();
            if (Arrays.stream(type.getDeclaredFields())
                    .anyMatch(field -> field.getName().equals("FACTORY"))) {
                assertThat(hasField(type.getName(), "FACTORY"))
                        .as(type.getName())
                        .isTrue();
            }
        }
    }

    private static List<CoalescingCache<Object, Object>> cachesWithAllSettings() {
        var caches = new ArrayList<CoalescingCache<Object, Object>>();
        for (int settings = 0; settings < 1 << 6; settings++) {
            var builder = CoalescingCache.<Object, Object>builder("cache");
            if ((settings & 1) != 0) {
                builder.maximumSize(10);
            }
            if ((settings & 2) != 0) {
                builder.maximumWeight(10).weigher((key, value) -> 1);
            }
            if ((settings & 4) != 0) {
                builder.scheduler(Scheduler.systemScheduler());
            }
            if ((settings & 8) != 0) {
                builder.listener(new CacheListener() {});
            }
            if ((settings & 16) != 0) {
                builder.ttl(Duration.ofHours(1)).refreshAhead(0.5).staleIfError(Duration.ofHours(1));
            }
            if ((settings & 32) != 0) {
                builder.ticker(() -> 0);
            }
            if ((settings & 3) != 3) { // size and weight exclude each other
                caches.add(builder.build());
            }
        }
        return caches;
    }

    /** The classes with generated names that a Caffeine cache is made of: its store, and what makes its entries. */
    private static Set<Class<?>> generated(Object caffeine) throws Exception {
        var found = new LinkedHashSet<Class<?>>();
        var bounded = field(caffeine, caffeine.getClass(), "cache");
        found.add(bounded.getClass());
        found.add(field(bounded, Class.forName(CAFFEINE + "BoundedLocalCache"), "nodeFactory")
                .getClass());
        return found;
    }

    private static Object field(Object owner, Class<?> type, String name) throws Exception {
        for (Class<?> c = type == Object.class ? owner.getClass() : type; c != null; c = c.getSuperclass()) {
            for (var field : c.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(owner);
                }
            }
        }
        throw new NoSuchFieldException(type + "." + name);
    }

    @Test
    void namesOfCaffeine_areThoseOfClassesItHas() {
        var names = hints.reflection()
                .typeHints()
                .map(hint -> hint.getType().getName())
                .filter(name -> name.startsWith(CAFFEINE))
                .toList();

        assertThat(names)
                .hasSizeGreaterThan(8)
                .allSatisfy(
                        name -> assertThat(Libraries.arePresent(name)).as(name).isTrue());
    }

    static class Service {
        @Coalesced("products")
        public String find(long id) {
            return "value";
        }
    }

    @Test
    void coalescedMethods_canBeFound() throws Exception {
        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, Service.class);

        assertThat(hasMethod(Service.class.getMethod("find", long.class))).isTrue();
    }
}
