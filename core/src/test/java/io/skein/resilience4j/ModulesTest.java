package io.skein.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.EventProcessor;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.skein.internal.Sneaky;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** C11: a guard needs those modules of Resilience4j that it is given things of, and no other. */
class ModulesTest {
    private static List<Class<?>> modules() { // no field: the programs below are not to need it
        return List.of(Bulkhead.class, CircuitBreaker.class, RateLimiter.class, Retry.class, TimeLimiter.class);
    }

    private static String load(Guard guard) {
        try {
            var stage = guard.<String, String>asyncLoader(key -> CompletableFuture.completedFuture(key + " async"))
                    .load("key");
            return guard.<String, String>loader(key -> key).load("key") + ", "
                    + stage.toCompletableFuture().join();
        } catch (Exception e) {
            throw Sneaky.rethrow(e);
        }
    }

    // One class each, since a class needs all it names when it is verified.

    static final class WithBulkhead implements Supplier<String> {
        @Override
        public String get() {
            return load(Guard.builder().bulkhead(Bulkhead.ofDefaults("name")).build());
        }
    }

    static final class WithBreaker implements Supplier<String> {
        @Override
        public String get() {
            return load(Guard.builder()
                    .circuitBreaker(CircuitBreaker.ofDefaults("name"))
                    .build());
        }
    }

    static final class WithRateLimiter implements Supplier<String> {
        @Override
        public String get() {
            return load(
                    Guard.builder().rateLimiter(RateLimiter.ofDefaults("name")).build());
        }
    }

    static final class WithRetry implements Supplier<String> {
        @Override
        public String get() {
            return load(Guard.builder().retry(Retry.ofDefaults("name")).build());
        }
    }

    static final class WithTimeLimiter implements Supplier<String> {
        @Override
        public String get() {
            return load(
                    Guard.builder().timeLimiter(TimeLimiter.ofDefaults("name")).build());
        }
    }

    static List<Arguments> programs() {
        return List.of(
                Arguments.of(Bulkhead.class, WithBulkhead.class),
                Arguments.of(CircuitBreaker.class, WithBreaker.class),
                Arguments.of(RateLimiter.class, WithRateLimiter.class),
                Arguments.of(Retry.class, WithRetry.class),
                Arguments.of(TimeLimiter.class, WithTimeLimiter.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void C11_oneModuleIsEnough(Class<?> module, Class<? extends Supplier<String>> program) throws Exception {
        var classPath = new ArrayList<URL>();
        for (var needed : List.of(Guard.class, ModulesTest.class, EventProcessor.class, LoggerFactory.class, module)) {
            classPath.add(needed.getProtectionDomain().getCodeSource().getLocation());
        }

        try (var loader = new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            var constructor = Class.forName(program.getName(), true, loader).getDeclaredConstructor();
            constructor.setAccessible(true);
            var loaded = ((Supplier<?>) constructor.newInstance()).get();

            assertThat(loaded).isEqualTo("key, key async");
            assertThat(modules())
                    .filteredOn(other -> other != module)
                    .allSatisfy(other -> assertThatThrownBy(() -> Class.forName(other.getName(), true, loader))
                            .isInstanceOf(ClassNotFoundException.class));
        }
    }
}
