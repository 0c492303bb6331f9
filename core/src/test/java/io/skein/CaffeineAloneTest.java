package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.skein.micrometer.SkeinObservations;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one library the core needs is Caffeine: here nothing else is to be found but the JDK. */
class CaffeineAloneTest {
    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static URLClassLoader alone(Class<?>... others) {
        var urls = Stream.concat(Stream.of(Group.class, CaffeineAlone.class, Caffeine.class), Stream.of(others))
                .map(CaffeineAloneTest::home)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
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

    /** For {@link #observationsNeedOnlyTheObservations}. */
    public static final class Observed implements Callable<String> {
        @Override
        public String call() {
            var registry = ObservationRegistry.create();
            var names = new CopyOnWriteArrayList<String>();
            registry.observationConfig().observationHandler(new ObservationHandler<>() {
                @Override
                public void onStop(Observation.Context context) {
                    names.add(context.getName() + " " + context.getHighCardinalityKeyValue("skein.joined"));
                }

                @Override
                public boolean supportsContext(Observation.Context context) {
                    return true;
                }
            });
            var group = Group.<String, String>builder("alone")
                    .listener(SkeinObservations.of(registry))
                    .build();
            var source = new CompletableFuture<String>();
            group.loadAsync("key", key -> source);
            Observation.createNotStarted("follower", registry).observe(() -> group.loadAsync("key", key -> source));
            source.complete("value");
            return names.toString();
        }
    }

    @Test
    void observationsNeedOnlyTheObservations() throws Exception {
        try (var loader = alone(ObservationRegistry.class, KeyValue.class)) {
            var program = loader.loadClass(Observed.class.getName());
            assertThatThrownBy(() -> loader.loadClass("io.micrometer.tracing.Tracer"))
                    .isInstanceOf(ClassNotFoundException.class);

            var result = ((Callable<?>) program.getConstructor().newInstance()).call();

            assertThat(result).isEqualTo("[follower keyValue(skein.joined=alone#1), skein.load null]");
        }
    }
}
