package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.Weigher;
import io.skein.BulkLoader;
import io.skein.Codec;
import io.skein.Group;
import io.skein.LoadRejectedException;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.EntryState;
import io.skein.spring.CacheCustomizer;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.Callers;
import io.skein.spring.GroupCustomizer;
import io.skein.spring.SkeinRegistry;
import io.skein.write.CacheWriter;
import io.skein.write.DeadLetters;
import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** What properties say is what caches and groups do. */
class PropertiesTest {
    private final Clock clock = new Clock();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withBean(Ticker.class, () -> clock);

    private static final class Clock implements Ticker {
        private final AtomicLong nanos = new AtomicLong(1);

        @Override
        public long read() {
            return nanos.get();
        }

        void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }
    }

    private static CoalescingCache<Object, Object> cache(ApplicationContext context, String name) {
        return context.getBean(SkeinRegistry.class).cache(name);
    }

    @Test
    void everySetting_reachesItsBuilder() {
        application
                .withPropertyValues(
                        "skein.caches.all.ttl=30s",
                        "skein.caches.all.ttl-jitter=0.1",
                        "skein.caches.all.refresh-ahead=0.8",
                        "skein.caches.all.early-refresh=1.5",
                        "skein.caches.all.stale-while-revalidate=1m",
                        "skein.caches.all.stale-if-error=PT10M",
                        "skein.caches.all.retry-after-error=2s",
                        "skein.caches.all.soft-timeout=100ms",
                        "skein.caches.all.negative-ttl=5s",
                        "skein.caches.all.error-ttl=1s",
                        "skein.caches.all.errors-to-remember=java.io.IOException,java.lang.IllegalStateException",
                        "skein.caches.all.maximum-weight=2KB",
                        "skein.caches.all.weigher=weigher",
                        "skein.caches.all.loader=loader",
                        "skein.caches.all.max-loads=7",
                        "skein.caches.all.copier=copier",
                        "skein.caches.all.write-through=writer",
                        "skein.caches.all.key-type=java.lang.String",
                        "skein.caches.all.value-type=java.lang.Object",
                        "skein.caches.all.caller-timeout=1s",
                        "skein.caches.all.load-timeout=5s",
                        "skein.caches.all.executor=executor",
                        "skein.caches.all.cancel-when-abandoned=false",
                        "skein.caches.all.max-flights=100",
                        "skein.caches.all.max-callers-per-flight=1000",
                        "skein.caches.all.stuck-after=4s",
                        "skein.caches.all.forget-stuck=true",
                        "skein.groups.all.caller-timeout=1s",
                        "skein.groups.all.load-timeout=5s",
                        "skein.groups.all.executor=executor",
                        "skein.groups.all.cancel-when-abandoned=false",
                        "skein.groups.all.max-flights=100",
                        "skein.groups.all.max-callers-per-flight=1000",
                        "skein.groups.all.stuck-after=4s",
                        "skein.groups.all.forget-stuck=true")
                .withUserConfiguration(Named.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    var registry = context.getBean(SkeinRegistry.class);
                    var settings = registry.managedCache("all").settings();

                    assertThat(settings)
                            .containsEntry("ttl", Duration.ofSeconds(30))
                            .containsEntry("stale-if-error", Duration.ofMinutes(10))
                            .containsEntry("refresh-ahead", 0.8)
                            .containsEntry("max-loads", 7);
                    assertThat(settings.keySet())
                            .as("all but those that are not set here")
                            .containsAll(MetadataTest.settings(CacheProperties.class).stream()
                                    .filter(name -> !MetadataTest.settings(NotSetHere.class)
                                            .contains(name))
                                    .toList());
                    assertThat(registry.managedGroup("all").settings()).hasSize(8);
                    assertThat(cache(context, "all").get("key")).isEqualTo("copy of loaded key");
                    cache(context, "all").write("key", "value");
                    assertThat(context.getBean(Named.class).written).containsExactly("copy of value");
                });
    }

    @Test
    void everySettingOfStreams_reachesItsBuilder(@TempDir Path directory) {
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues(
                        "skein.streams.all.load-timeout=1h",
                        "skein.streams.all.read-timeout=1m",
                        "skein.streams.all.stuck-after=10m",
                        "skein.streams.all.forget-stuck=true",
                        "skein.streams.all.executor=executor",
                        "skein.streams.all.subscriber-executor=executor",
                        "skein.streams.all.memory-limit=64KB",
                        "skein.streams.all.max-ahead=1MB",
                        "skein.streams.all.max-items-ahead=10",
                        "skein.streams.all.max-items=1000",
                        "skein.streams.all.max-bytes=1GB",
                        "skein.streams.all.max-streams=5",
                        "skein.streams.all.max-readers=6",
                        "skein.streams.all.cancel-when-abandoned=false",
                        "skein.streams.all.keep-for=1m",
                        "skein.streams.all.keep-size=10MB",
                        "skein.streams.all.directory=" + directory)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(SkeinRegistry.class)
                                    .managedStreams("all")
                                    .settings()
                                    .keySet())
                            .isEqualTo(MetadataTest.settings(StreamProperties.class));
                });
    }

    /** Settings that exclude others, or need what this test has not. */
    @SuppressWarnings("unused")
    static class NotSetHere {
        public void setMaximumSize(long size) {}

        public void setShared(boolean shared) {}

        public void setSharedTier(String name) {}

        public void setNearTtl(Duration time) {}

        public void setDegradedTtl(Duration time) {}

        public void setWriteAround(String name) {}

        public void setCircuitBreaker(String name) {}

        public void setRetry(String name) {}

        public void setRateLimiter(String name) {}

        public void setTimeLimiter(String name) {}

        public void setBulkhead(String name) {}
    }

    @Configuration
    static class Named {
        final List<Object> written = new CopyOnWriteArrayList<>();

        @Bean
        CacheWriter<Object, Object> writer() {
            return new CacheWriter<>() {
                @Override
                public void write(Object key, Object value) {
                    written.add(value);
                }

                @Override
                public void delete(Object key) {}
            };
        }

        @Bean
        Weigher<Object, Object> weigher() {
            return (key, value) -> 1;
        }

        @Bean
        Loader<Object, Object> loader() {
            return key -> "loaded " + key;
        }

        @Bean
        UnaryOperator<Object> copier() {
            return value -> "copy of " + value;
        }

        @Bean(destroyMethod = "shutdownNow")
        Executor executor() {
            return Executors.newSingleThreadExecutor();
        }
    }

    @Test
    void C10_writeAround_isABean_andExcludesWriteThrough() {
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues("skein.caches.around.write-around=writer")
                .run(context -> {
                    cache(context, "around").put("key", "old");

                    cache(context, "around").write("key", "value");

                    assertThat(context.getBean(Named.class).written).containsExactly("value");
                    assertThat(cache(context, "around").getIfPresent("key")).isNull();
                });
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues("skein.caches.both.write-around=writer", "skein.caches.both.write-through=writer")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("only one writer can be set, but were [writeThrough, writeAround]"));
    }

    @Configuration
    static class Behind {
        final List<String> dead = new CopyOnWriteArrayList<>();

        @Bean
        CacheWriter<String, Integer> failing() {
            return new CacheWriter<>() {
                @Override
                public void write(String key, Integer value) {
                    throw new IllegalStateException("no");
                }

                @Override
                public void delete(String key) {}
            };
        }

        @Bean
        BinaryOperator<Integer> sum() {
            return Integer::sum;
        }

        @Bean
        DeadLetters<String, Integer> letters() {
            return letter -> dead.add(letter.key() + "+" + letter.value());
        }

        @Bean
        Codec<Object> own() {
            return Codec.of(
                    value -> value.toString().getBytes(StandardCharsets.UTF_8),
                    bytes -> Integer.valueOf(new String(bytes, StandardCharsets.UTF_8)));
        }
    }

    @Test
    void C10_writeBehind_byProperties(@TempDir Path folder) {
        var journal = folder.resolve("posts.journal");
        application
                .withUserConfiguration(Behind.class)
                .withPropertyValues(
                        "skein.defaults.write-behind.max-pending=50",
                        "skein.defaults.write-behind.retries=9",
                        "skein.caches.posts.write-behind.writer=failing",
                        "skein.caches.posts.write-behind.max-delay=1h",
                        "skein.caches.posts.write-behind.max-batch=10",
                        "skein.caches.posts.write-behind.max-buffered=70",
                        "skein.caches.posts.write-behind.max-wait=2s",
                        "skein.caches.posts.write-behind.merge=sum",
                        "skein.caches.posts.write-behind.retries=0",
                        "skein.caches.posts.write-behind.first-pause=20ms",
                        "skein.caches.posts.write-behind.longest-pause=40ms",
                        "skein.caches.posts.write-behind.dead-letters=letters",
                        "skein.caches.posts.write-behind.close-timeout=5s",
                        "skein.caches.posts.write-behind.journal=" + journal,
                        "skein.caches.posts.write-behind.journal-keys=utf8",
                        "skein.caches.posts.write-behind.journal-values=own",
                        "skein.caches.other.ttl=5s")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(SkeinRegistry.class)
                                    .managedCache("posts")
                                    .settings()
                                    .keySet())
                            .containsAll(MetadataTest.settings(WriteBehindProperties.class).stream()
                                    .map(setting -> "write-behind." + setting)
                                    .toList());
                    cache(context, "posts").write("post", 1);
                    cache(context, "posts").write("post", 2);
                    cache(context, "posts").flush();

                    assertThat(context.getBean(Behind.class).dead).containsExactly("post+3");
                    assertThat(journal).exists();
                    assertThat(cache(context, "other").writeBehindStats()).isEmpty();
                });
    }

    /** A pool of connections, and a writer that needs it: made after the registry, so that both would be destroyed before it. */
    @Configuration
    static class Backend {
        static final List<Object> WRITTEN = new CopyOnWriteArrayList<>();
        static volatile boolean destroyed;

        @Bean
        @DependsOn(InjectableBeans.REGISTRY)
        DisposableBean pool() {
            destroyed = false;
            return () -> destroyed = true;
        }

        @Bean
        @DependsOn(InjectableBeans.REGISTRY)
        CacheWriter<Object, Object> backend(DisposableBean pool) {
            return new CacheWriter<>() {
                @Override
                public void write(Object key, Object value) {
                    if (destroyed) {
                        throw new IllegalStateException("the pool of connections is closed");
                    }
                    WRITTEN.add(value);
                }

                @Override
                public void delete(Object key) {}
            };
        }
    }

    @Test
    void C10_writeBehind_isFlushed_whenTheApplicationEnds_andItsWriterIsStillThere() {
        Backend.WRITTEN.clear();
        application
                .withUserConfiguration(Backend.class)
                .withPropertyValues(
                        "skein.caches.posts.write-behind.writer=backend",
                        "skein.caches.posts.write-behind.max-delay=1h",
                        "skein.caches.posts.write-behind.close-timeout=1s")
                .run(context -> cache(context, "posts").write("key", "value"));

        assertThat(Backend.destroyed).isTrue();
        assertThat(Backend.WRITTEN).containsExactly("value");
    }

    @Test
    void C10_aMaxWaitOfZero_rejectsAtOnce_whateverTheDefaultsSay() {
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues(
                        "skein.defaults.write-behind.max-wait=1h",
                        "skein.caches.posts.write-behind.writer=writer",
                        "skein.caches.posts.write-behind.max-wait=0s")
                .run(context -> assertThat(context.getBean(SkeinRegistry.class)
                                .managedCache("posts")
                                .settings())
                        .containsEntry("write-behind.max-wait", Duration.ZERO));
    }

    @Test
    void C3_ttl_isWhatTheCacheSays_elseWhatTheDefaultsSay() {
        application
                .withPropertyValues(
                        "skein.defaults.ttl=10s", "skein.caches.short.ttl=5s", "skein.caches.usual.max-loads=9")
                .run(context -> {
                    for (var name : List.of("short", "usual", "known-to-nobody")) {
                        cache(context, name).put("key", "value");
                    }

                    clock.pass(Duration.ofSeconds(6));

                    assertThat(cache(context, "short").getIfPresent("key")).isNull();
                    assertThat(cache(context, "usual").getIfPresent("key")).isEqualTo("value");
                    assertThat(cache(context, "known-to-nobody").getIfPresent("key"))
                            .isEqualTo("value");
                    clock.pass(Duration.ofSeconds(5));
                    assertThat(cache(context, "usual").getIfPresent("key")).isNull();
                    assertThat(cache(context, "known-to-nobody").getIfPresent("key"))
                            .isNull();
                });
    }

    @Test
    void aZero_switchesOffWhatTheDefaultsSay() {
        application
                .withPropertyValues(
                        "skein.defaults.ttl=10s",
                        "skein.defaults.stale-if-error=1h",
                        "skein.defaults.refresh-ahead=0.5",
                        "skein.caches.strict.stale-if-error=0s",
                        "skein.caches.strict.refresh-ahead=0")
                .run(context -> {
                    var settings = context.getBean(SkeinRegistry.class);

                    assertThat(settings.managedCache("strict").settings()).containsOnlyKeys("ttl");
                    assertThat(settings.managedCache("other").settings())
                            .containsOnlyKeys("ttl", "stale-if-error", "refresh-ahead");
                });
    }

    @Test
    void aSize_takesThePlaceOfADefaultWeight_andTheOtherWayRound() {
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues(
                        "skein.defaults.maximum-size=5",
                        "skein.caches.heavy.maximum-weight=1KB",
                        "skein.caches.heavy.weigher=weigher")
                .run(context -> {
                    var registry = context.getBean(SkeinRegistry.class);
                    assertThat(registry.managedCache("heavy").settings()).containsOnlyKeys("maximum-weight", "weigher");
                });
        application
                .withUserConfiguration(Named.class)
                .withPropertyValues(
                        "skein.defaults.maximum-weight=1KB",
                        "skein.defaults.weigher=weigher",
                        "skein.caches.counted.maximum-size=5")
                .run(context -> {
                    var registry = context.getBean(SkeinRegistry.class);
                    assertThat(registry.managedCache("counted").settings()).containsOnlyKeys("maximum-size");
                });
    }

    @Test
    void names_mayHaveDotsAndSlashesAndCapitals_inBrackets() {
        application
                .withPropertyValues(
                        "skein.caches[eu.products/V2].ttl=5s",
                        "skein.caches.plain-name.ttl=5s",
                        "skein.caches.camelCase.ttl=5s",
                        "skein.groups[a.b/c].max-flights=3")
                .run(context -> {
                    var registry = context.getBean(SkeinRegistry.class);

                    assertThat(registry.cacheNames()).containsExactly("camelCase", "eu.products/V2", "plain-name");
                    assertThat(registry.groupNames()).containsExactly("a.b/c");
                    assertThat(registry.managedCache("eu.products/V2").settings())
                            .containsEntry("ttl", Duration.ofSeconds(5));
                    assertThat(context.getBean("eu.products/V2")).isSameAs(registry.cache("eu.products/V2"));
                });
    }

    @Test
    void C6_errorTtl_isForExceptions_unlessItIsSaidForWhich() {
        application
                .withPropertyValues(
                        "skein.caches.usual.error-ttl=1m",
                        "skein.caches.choosy.error-ttl=1m",
                        "skein.caches.choosy.errors-to-remember=java.io.IOException")
                .run(context -> {
                    fail(cache(context, "usual"), new IllegalStateException("remembered"));
                    fail(cache(context, "choosy"), new IllegalStateException("not remembered"));

                    assertThat(cache(context, "usual")
                                    .entry("key")
                                    .orElseThrow()
                                    .state())
                            .isEqualTo(EntryState.FAILED);
                    assertThat(cache(context, "choosy").entry("key")).isEmpty();
                    fail(cache(context, "choosy"), new FileNotFoundException("remembered"));
                    assertThat(cache(context, "choosy").entry("key")).isPresent();
                });
    }

    private static void fail(CoalescingCache<Object, Object> cache, Exception failure) {
        try {
            cache.get("key", key -> {
                throw failure;
            });
            throw new AssertionError("no failure");
        } catch (Exception e) {
            assertThat(e).isSameAs(failure);
        }
    }

    // Beans

    @Configuration
    static class Loaders {
        @Bean
        @CacheLoaderFor("loaded")
        Loader<Long, String> loadedLoader() {
            return id -> "number " + id;
        }

        @Bean
        @CacheLoaderFor("loaded")
        BulkLoader<Long, String> bulkLoader() {
            return ids -> Map.of(1L, "bulk 1", 2L, "bulk 2");
        }

        @Bean
        Consumer consumer(
                @Qualifier("loaded") CoalescingCache<Long, String> one,
                CoalescingCache<Long, String> loaded,
                @Qualifier("reports") Group<String, String> two,
                Group<String, String> reports) {
            assertThat(one).isSameAs(loaded);
            assertThat(two).isSameAs(reports);
            return new Consumer(loaded, reports);
        }
    }

    record Consumer(CoalescingCache<Long, String> cache, Group<String, String> group) {}

    @Test
    void cachesAndGroups_areInjectedByName_withTheirLoaders() {
        application
                .withUserConfiguration(Loaders.class)
                .withPropertyValues(
                        "skein.groups.reports.max-flights=3",
                        "skein.caches.other.ttl=1s",
                        "skein.groups.others.max-flights=1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    var consumer = context.getBean(Consumer.class);

                    assertThat(consumer.cache.get(7L)).isEqualTo("number 7");
                    assertThat(consumer.cache.getAll(List.of(1L, 2L))).containsEntry(2L, "bulk 2");
                    assertThat(consumer.group.name()).isEqualTo("reports");
                });
    }

    @Test
    void aNameThatAnotherBeanHas_isInjectedByQualifier() {
        application
                .withBean("loaded", StringBuilder.class, StringBuilder::new)
                .withPropertyValues("skein.caches.loaded.ttl=1s")
                .withUserConfiguration(ByQualifier.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ByQualifier.class).cache.name()).isEqualTo("loaded");
                    assertThat(context.getBean("loaded")).isInstanceOf(StringBuilder.class);
                });
    }

    @Configuration
    static class ByQualifier {
        private final CoalescingCache<String, String> cache;

        ByQualifier(@Qualifier("loaded") CoalescingCache<String, String> cache) {
            this.cache = cache;
        }
    }

    @Test
    void aCacheOfTheApplicationsOwn_isUsedAsItIs_andClosedOnce() {
        application
                .withBean(
                        "mine",
                        CoalescingCache.class,
                        () -> CoalescingCache.builder("mine").build())
                .run(context -> {
                    var mine = context.getBean("mine");

                    assertThat((Object) context.getBean(SkeinRegistry.class).cache("mine"))
                            .isSameAs(mine);
                });
    }

    @Test
    void customizers_haveTheLastWord() {
        application
                .withBean(
                        CacheCustomizer.class,
                        () -> CacheCustomizer.of("one", builder -> builder.ttl(Duration.ofSeconds(1))))
                .withBean(GroupCustomizer.class, () -> (name, builder) -> builder.maxFlights(1))
                .withPropertyValues(
                        "skein.caches.one.ttl=1h", "skein.caches.two.ttl=1h", "skein.groups.three.max-flights=9")
                .run(context -> {
                    cache(context, "one").put("key", "value");
                    cache(context, "two").put("key", "value");
                    Group<String, String> three =
                            context.getBean(SkeinRegistry.class).group("three");
                    var gate = new Callers.Gate();
                    var first = Callers.onThread(() -> three.load("a", key -> {
                        gate.pass();
                        return key;
                    }));
                    gate.awaitEntered();

                    clock.pass(Duration.ofSeconds(2));

                    assertThat(cache(context, "one").getIfPresent("key")).isNull();
                    assertThat(cache(context, "two").getIfPresent("key")).isEqualTo("value");
                    assertThat(Callers.onThread(() -> three.load("b", key -> key))
                                    .failure())
                            .isInstanceOf(LoadRejectedException.class);
                    gate.open();
                    assertThat(first.get()).isEqualTo("a");
                });
    }

    @Test
    @SuppressWarnings("unchecked")
    void G15_cachesAndGroups_areClosedWithTheApplication() {
        var seen = new Object[2];
        application
                .withPropertyValues("skein.caches.one.ttl=1h", "skein.groups.two.max-flights=1")
                .run(context -> {
                    seen[0] = cache(context, "one");
                    seen[1] = context.getBean(SkeinRegistry.class).group("two");
                });

        assertThat(Callers.onThread(() -> ((CoalescingCache<?, ?>) seen[0]).stats())
                        .get())
                .isNotNull();
        assertThat(Callers.onThread(() -> ((Group<Object, Object>) seen[1]).load("key", key -> key))
                        .failure())
                .isInstanceOf(IllegalStateException.class);
        assertThat(Callers.onThread(() -> ((CoalescingCache<Object, Object>) seen[0]).get("key", key -> key))
                        .failure())
                .isInstanceOf(IllegalStateException.class);
    }
}
