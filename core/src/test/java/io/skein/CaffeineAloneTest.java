package io.skein;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.skein.cache.CoalescingCache;
import io.skein.micrometer.SkeinObservations;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
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
                "org.h2.mvstore.MVStore",
                "org.jspecify.annotations.Nullable"
            })
    void theOthersAreNotThere(String name) throws Exception {
        try (var loader = alone()) {
            assertThatThrownBy(() -> loader.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
        }
    }

    /** For {@link #writingBehindNeedsALibraryForTheJournalOnly}. */
    public static final class Behind implements Callable<String> {
        @Override
        public String call() {
            var written = new CopyOnWriteArrayList<String>();
            var writer = new CacheWriter<String, String>() {
                @Override
                public void write(String key, String value) {
                    written.add(key + value);
                }

                @Override
                public void delete(String key) {}
            };
            try (var cache = CoalescingCache.<String, String>builder("alone")
                    .writeBehind(writer, WriteBehind.of(10, Duration.ofDays(1)))
                    .build()) {
                cache.write("key", "!");
                cache.flush();
            }
            try {
                CoalescingCache.<String, String>builder("alone")
                        .writeBehind(
                                writer,
                                WriteBehind.<String, String>of(10, Duration.ofDays(1))
                                        .journal(Path.of("target", "alone.journal"), Codec.utf8(), Codec.utf8()))
                        .build();
                return "a journal without its library";
            } catch (IllegalStateException e) {
                return written + " " + e.getMessage();
            }
        }
    }

    @Test
    void writingBehindNeedsALibraryForTheJournalOnly() throws Exception {
        try (var loader = alone()) {
            var program = loader.loadClass(Behind.class.getName());

            var result = ((Callable<?>) program.getConstructor().newInstance()).call();

            assertThat(result)
                    .isEqualTo("[key!] the journal of cache 'alone' needs com.h2database:h2-mvstore on the class path");
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
