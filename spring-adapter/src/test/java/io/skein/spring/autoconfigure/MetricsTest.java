package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.Group;
import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MetricsTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinMicrometerAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h", "skein.groups.reports.max-flights=3");

    @Configuration(proxyBeanMethods = false)
    static class Own {
        @Bean
        CoalescingCache<String, String> ownCache() {
            return CoalescingCache.<String, String>builder("ownCache").build();
        }

        @Bean
        Group<String, String> ownGroup() {
            return Group.create("ownGroup");
        }

        @Bean
        Service service() {
            return new Service();
        }
    }

    static class Service {
        @Coalesced("ownCache")
        public String kept(String key) {
            return key;
        }

        @Coalesced(group = "ownGroup")
        public String passing(String key) {
            return key;
        }
    }

    private static double gets(MeterRegistry meters, String cache, String result) {
        return meters.get("cache.gets")
                .tags("cache", cache, "result", result)
                .functionCounter()
                .count();
    }

    private static long flights(MeterRegistry meters, String group) {
        return meters.get("skein.flights")
                .tags("group", group, "outcome", "success")
                .timer()
                .count();
    }

    private static double callers(MeterRegistry meters, String group, String role) {
        return meters.get("skein.callers")
                .tags("group", group, "role", role)
                .counter()
                .count();
    }

    private static void loadTwice(CoalescingCache<String, String> cache) {
        cache.get("key", key -> "value");
        cache.get("key", key -> "value");
        cache.invalidate("key");
    }

    @Test
    void aCacheOfTheProperties_isCountedOnce() {
        application.withBean(SimpleMeterRegistry.class).run(context -> {
            var meters = context.getBean(MeterRegistry.class);
            assertThat(gets(meters, "products", "hit")).isZero();

            loadTwice(context.getBean(SkeinRegistry.class).cache("products"));

            assertThat(gets(meters, "products", "hit")).isEqualTo(1);
            assertThat(gets(meters, "products", "miss")).isEqualTo(1);
            assertThat(flights(meters, "products")).isEqualTo(1);
            assertThat(callers(meters, "products", "leader")).isEqualTo(1);
            assertThat(callers(meters, "products", "follower")).isZero();
            assertThat(meters.get("cache.puts")
                            .tag("cache", "products")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("skein.invalidations")
                            .tags("cache", "products", "scope", "key")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.find("cache.gets").tags("cache", "products").functionCounters())
                    .hasSize(2);
        });
    }

    @Test
    void whatIsCreatedLate_isCountedOnce() {
        application.withBean(SimpleMeterRegistry.class).run(context -> {
            var registry = context.getBean(SkeinRegistry.class);
            var meters = context.getBean(MeterRegistry.class);

            loadTwice(registry.cache("late"));
            registry.<String, String>group("later").load("key", key -> "value");

            assertThat(gets(meters, "late", "hit")).isEqualTo(1);
            assertThat(flights(meters, "late")).isEqualTo(1);
            assertThat(flights(meters, "later")).isEqualTo(1);
        });
    }

    @Test
    void whatTheApplicationHasBuiltItself_isShown() {
        application
                .withBean(SimpleMeterRegistry.class)
                .withUserConfiguration(Own.class)
                .run(context -> {
                    var meters = context.getBean(MeterRegistry.class);
                    var service = context.getBean(Service.class);

                    service.kept("key");
                    service.kept("key");
                    service.passing("key");

                    assertThat(gets(meters, "ownCache", "hit")).isEqualTo(1);
                    assertThat(gets(meters, "ownCache", "miss")).isEqualTo(1);
                    assertThat(meters.get("skein.flights.active")
                                    .tag("group", "ownGroup")
                                    .gauge()
                                    .value())
                            .isZero();
                });
    }

    @Test
    void flightsInProgress_areShown() {
        application.withBean(SimpleMeterRegistry.class).run(context -> {
            var meters = context.getBean(MeterRegistry.class);
            var group = context.getBean(SkeinRegistry.class).<String, String>group("reports");
            var gate = new CountDownLatch(1);
            var report = group.supplyAsync("key", key -> {
                gate.await();
                return "value";
            });
            group.supplyAsync("key", key -> "never called");

            assertThat(meters.get("skein.flights.active")
                            .tag("group", "reports")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(meters.get("skein.callers.waiting")
                            .tag("group", "reports")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            gate.countDown();
            report.join();

            Awaitility.await()
                    .untilAsserted(() -> assertThat(meters.get("skein.flights.active")
                                    .tag("group", "reports")
                                    .gauge()
                                    .value())
                            .isZero());
            assertThat(flights(meters, "reports")).isEqualTo(1);
            assertThat(callers(meters, "reports", "follower")).isEqualTo(1);
        });
    }

    @Test
    void withoutARegistry_orWithoutMicrometer_nothingIsCounted_andAllWorks() {
        application.run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean("skeinMetrics");
            loadTwice(context.getBean(SkeinRegistry.class).cache("products"));
        });
        application
                .withClassLoader(new FilteredClassLoader("io.micrometer.core", "io.micrometer.observation"))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean("skeinMetrics");
                    loadTwice(context.getBean(SkeinRegistry.class).cache("products"));
                });
    }

    @Test
    void withTheRegistryOfBootItself_allIsCounted_andToldByTheEndpointOfMetrics() {
        try (var application = WebApplication.start(Own.class, "skein.caches.products.ttl=1h")) {
            loadTwice(application.bean(SkeinRegistry.class).cache("products"));

            var meters = application.bean(MeterRegistry.class);
            assertThat(gets(meters, "products", "hit")).isEqualTo(1);
            assertThat(flights(meters, "products")).isEqualTo(1);
            assertThat(application
                            .get("/actuator/metrics/skein.flights?tag=group:products&tag=outcome:success")
                            .<Double>at("$.measurements[0].value"))
                    .isEqualTo(1);
        }
    }
}
