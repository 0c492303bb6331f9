package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one library the core needs is Caffeine: here nothing else is to be found but the JDK. */
class CaffeineAloneTest {
    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static URLClassLoader alone() {
        return new URLClassLoader(
                new URL[] {home(Group.class), home(CaffeineAlone.class), home(Caffeine.class)},
                ClassLoader.getPlatformClassLoader());
    }

    @Test
    void theCoreWorks() throws Exception {
        try (var loader = alone()) {
            var program = loader.loadClass(CaffeineAlone.class.getName());
            assertThat(program).isNotSameAs(CaffeineAlone.class);

            var result = ((Callable<?>) program.getConstructor().newInstance()).call();

            assertThat(result).isEqualTo("a?btruec!2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.google.common.cache.LoadingCache",
                "io.github.resilience4j.circuitbreaker.CircuitBreaker",
                "io.micrometer.context.ContextSnapshotFactory",
                "io.micrometer.core.instrument.MeterRegistry",
                "io.micrometer.observation.Observation",
                "org.jspecify.annotations.Nullable"
            })
    void theOthersAreNotThere(String name) throws Exception {
        try (var loader = alone()) {
            assertThatThrownBy(() -> loader.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
        }
    }
}
