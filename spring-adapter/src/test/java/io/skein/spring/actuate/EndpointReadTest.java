package io.skein.spring.actuate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.ITERABLE;
import static org.awaitility.Awaitility.await;

import io.skein.spring.ManualTicker;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class EndpointReadTest {
    private static final String SECRET = "s3cret-value";
    private static final String HOSTILE = "\"evil\u001b[31m\u202e<script>\n'";

    private final CountDownLatch gate = new CountDownLatch(1);

    @Configuration(proxyBeanMethods = false)
    static class Clock {
        @Bean
        ManualTicker ticker() {
            return new ManualTicker();
        }
    }

    record Value(String text) {}

    private static WebApplication start(String... properties) {
        var all = new ArrayList<>(List.of(properties));
        all.add("skein.caches.products.ttl=30s");
        all.add("skein.caches.products.stale-if-error=10m");
        all.add("skein.caches.products.negative-ttl=10m");
        all.add("skein.caches[eu/products.v1].maximum-size=7");
        all.add("skein.groups.reports.max-flights=3");
        all.add("skein.groups[eu/reports.v1].max-flights=4");
        return WebApplication.start(Clock.class, all.toArray(String[]::new));
    }

    private void loadInCache(WebApplication application, Object key) {
        var cache = application.bean(SkeinRegistry.class).<Object, Value>cache("products");
        CompletableFuture.runAsync(() -> cache.get(key, k -> waitAtGate()), task -> new Thread(task, "loader").start());
        await().until(() -> !cache.flights().isEmpty());
    }

    private void loadInGroup(WebApplication application, Object key) {
        var group = application.bean(SkeinRegistry.class).<Object, Value>group("reports");
        group.supplyAsync(key, k -> waitAtGate());
        await().until(() -> !group.flights().isEmpty());
    }

    private Value waitAtGate() throws InterruptedException {
        gate.await();
        return new Value(SECRET);
    }

    @AfterEach
    void openGate() {
        gate.countDown();
    }

    @Test
    void everything_isEachCacheAndGroupWithItsSettings() {
        try (var application = start()) {
            application.bean(SkeinRegistry.class).cache("late");

            var all = application.get("/actuator/skein");

            assertThat(all.status()).isEqualTo(200);
            assertThat(all.<Object>at("$.caches.keys()"))
                    .asInstanceOf(ITERABLE)
                    .map(Object::toString)
                    .containsExactly("eu/products.v1", "late", "products");
            assertThat(all.<Object>at("$.groups.keys()"))
                    .asInstanceOf(ITERABLE)
                    .map(Object::toString)
                    .containsExactly("eu/reports.v1", "reports");
            assertThat(all.<String>at("$.caches.products.settings.ttl")).isEqualTo("PT30S");
        }
    }

    @Test
    void one_isFoundByItsName_evenWithSlashesAndDots() {
        try (var application = start()) {
            assertThat(application.get("/actuator/skein/caches/products").<String>at("$.settings['negative-ttl']"))
                    .isEqualTo("PT10M");
            assertThat(application
                            .get("/actuator/skein/caches/eu/products.v1")
                            .<String>at("$.settings['maximum-size']"))
                    .isEqualTo("7");
            assertThat(application.get("/actuator/skein/groups/reports").<String>at("$.settings['max-flights']"))
                    .isEqualTo("3");
            assertThat(application.get("/actuator/skein/groups/eu/reports.v1").<String>at("$.settings['max-flights']"))
                    .isEqualTo("4");
        }
    }

    @Test
    void whatIsNotThere_isNotFound_andNotCreated() {
        try (var application = start()) {
            for (var path : new String[] {
                "caches/reports",
                "groups/products",
                "caches/none",
                "groups/none",
                "else/products",
                "caches",
                "caches/eu"
            }) {
                assertThat(application.get("/actuator/skein/" + path).status())
                        .as(path)
                        .isEqualTo(404);
            }

            assertThat(application.bean(SkeinRegistry.class).cacheNames()).doesNotContain("none", "reports", "eu");
        }
    }

    @Test
    void statistics_areThoseOfTheCache() {
        try (var application = start()) {
            var cache = application.bean(SkeinRegistry.class).<Object, Value>cache("products");
            cache.get(1L, key -> new Value(SECRET));
            cache.get(1L, key -> new Value(SECRET));

            var one = application.get("/actuator/skein/caches/products");

            assertThat(one.<Integer>at("$.stats.hits")).isEqualTo(1);
            assertThat(one.<Integer>at("$.stats.misses")).isEqualTo(1);
            assertThat(one.<Integer>at("$.estimatedSize")).isEqualTo(1);
        }
    }

    @Test
    void aFlightOfACache_isShownWithItsAgeCallersAndThread_butNotItsKey() {
        try (var application = start()) {
            loadInCache(application, "confidential");
            var cache = application.bean(SkeinRegistry.class).<Object, Value>cache("products");
            var follower = cache.getAsync("confidential", key -> new CompletableFuture<>());
            application.bean(ManualTicker.class).pass(Duration.ofSeconds(5));

            var one = application.get("/actuator/skein/caches/products");

            assertThat(one.<Integer>at("$.flights.length()")).isEqualTo(1);
            assertThat(one.<Integer>at("$.flights[0].ageMillis")).isEqualTo(5000);
            assertThat(one.<Integer>at("$.flights[0].callers")).isEqualTo(2);
            assertThat(one.<String>at("$.flights[0].thread")).isEqualTo("loader");
            assertThat(one.<String>at("$.flights[0].key")).isEqualTo("******");
            assertThat(one.body()).doesNotContain("confidential");
            assertThat(follower).isNotDone();
        }
    }

    @Test
    void aForgottenFlightOfAGroup_isShownApart() {
        try (var application = start()) {
            loadInGroup(application, "confidential");
            application
                    .bean(SkeinRegistry.class)
                    .<Object, Value>group("reports")
                    .forget("confidential");

            var one = application.get("/actuator/skein/groups/reports");

            assertThat(one.<Integer>at("$.flights.length()")).isZero();
            assertThat(one.<Integer>at("$.forgottenFlights[0].callers")).isEqualTo(1);
            assertThat(one.body()).doesNotContain("confidential");
        }
    }

    @Test
    void hostileKeys_areShownEscaped_ifKeysAreToBeShown() {
        try (var application = start("skein.endpoint.show-keys=true")) {
            loadInCache(application, HOSTILE);
            loadInGroup(application, HOSTILE);

            var all = application.get("/actuator/skein");

            var shown = "'\"evil\\u001b[31m\\u202e<script>\\u000a''";
            assertThat(all.<String>at("$.caches.products.flights[0].key")).isEqualTo(shown);
            assertThat(all.<String>at("$.groups.reports.flights[0].key")).isEqualTo(shown);
            assertThat(all.body()).doesNotContain("\u001b", "\u202e", "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void values_areNeverShown(String showKeys) {
        try (var application = start("skein.endpoint.show-keys=" + showKeys)) {
            var cache = application.bean(SkeinRegistry.class).<Object, Value>cache("products");
            cache.put("stale-key", new Value(SECRET));
            application.bean(ManualTicker.class).pass(Duration.ofMinutes(1));
            cache.put("fresh-key", new Value(SECRET));
            loadInCache(application, "loading");
            assertThat(cache.keys()).contains("stale-key", "fresh-key");

            assertThat(application.get("/actuator/skein").body()).doesNotContain(SECRET);
            assertThat(application.get("/actuator/skein/caches/products").body())
                    .contains("ageMillis")
                    .doesNotContain(SECRET, "stale-key", "fresh-key");
        }
    }

    @Test
    void byDefault_itIsNotOnTheWeb() {
        try (var application = WebApplication.startWithoutEndpoints(Clock.class, "skein.caches.products.ttl=1h")) {
            assertThat(application.get("/actuator/health").status()).isEqualTo(200);
            assertThat(application.get("/actuator/skein").status()).isEqualTo(404);
        }
    }

    static String encoded(Object text) {
        return URLEncoder.encode(text.toString(), UTF_8);
    }
}
