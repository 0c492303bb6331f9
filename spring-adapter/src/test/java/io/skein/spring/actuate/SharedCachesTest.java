package io.skein.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.redis.RedisServer;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of caches that are shared with other JVMs, and invalidated in them. */
class SharedCachesTest {
    private static final String PRODUCTS = "/actuator/skein/caches/products";
    private static final String DETAILS = "$.components.skein.details";

    private RedisServer server;
    private WebApplication application;

    @BeforeEach
    void start() {
        server = new RedisServer();
        application = WebApplication.start(
                EndpointReadTest.Clock.class,
                "management.endpoint.skein.access=unrestricted",
                "management.endpoint.health.show-details=always",
                "skein.redis.uri=" + server.uri(),
                "skein.redis.fail-fast=true",
                "skein.redis.command-timeout=5s",
                "skein.caches.products.ttl=1h",
                "skein.caches.products.shared=true",
                "skein.caches.products.value-type=java.lang.String",
                "skein.caches.local.ttl=1h");
    }

    @AfterEach
    void stop() {
        application.close();
        server.close();
    }

    @Test
    void theEndpoint_tellsWhatTheTierHasDone() {
        var cache = application.bean(SkeinRegistry.class).<Object, String>cache("products");
        cache.get(1L, key -> "s3cret");

        var view = application.get(PRODUCTS);

        assertThat(view.<Integer>at("$.tier.leases")).isEqualTo(1);
        assertThat(view.<Boolean>at("$.tier.coherent")).isTrue();
        assertThat(view.body()).doesNotContain("s3cret");
        assertThat(application.get("/actuator/skein/caches/local").<Object>at("$.tier"))
                .isNull();
    }

    @Test
    void health_namesThoseThatAreAlone_andTheServiceIsUp() {
        var cache = application.bean(SkeinRegistry.class).<Object, String>cache("products");
        cache.get("confidential", key -> "s3cret");
        assertThat(application.get("/actuator/health").<List<String>>at(DETAILS + ".alone"))
                .isEmpty();

        server.stop();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !cache.tierStats().orElseThrow().coherent());
        var health = application.get("/actuator/health");

        assertThat(health.status()).isEqualTo(200);
        assertThat(health.<String>at("$.components.skein.status")).isEqualTo("UP");
        assertThat(health.<List<String>>at(DETAILS + ".alone")).containsExactly("products");
        assertThat(health.body()).doesNotContain("confidential").doesNotContain("s3cret");
    }

    @Test
    void health_saysNothingOfIt_ifNoCacheIsShared() {
        try (var other = WebApplication.start(
                EndpointReadTest.Clock.class,
                "management.endpoint.health.show-details=always",
                "skein.caches.local.ttl=1h")) {
            assertThat(other.get("/actuator/health").<Map<String, Object>>at(DETAILS))
                    .containsOnlyKeys("stuck");
        }
    }

    @Test
    void aKey_isInvalidatedEverywhere() {
        var cache = application.bean(SkeinRegistry.class).<Object, String>cache("products");
        cache.put(42L, "value");
        cache.put(7L, "value");

        var answer = application.delete(PRODUCTS + "?key=42");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(cache.getIfPresent(42L)).isNull();
        assertThat(cache.getIfPresent(7L)).isEqualTo("value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key=42", "tag=brand:7", "all=true"})
    void ifTheTierIsAway_itIsDoneHere_andAskedToBeDoneAgain(String what) {
        var cache = application.bean(SkeinRegistry.class).<Object, String>cache("products");
        server.stop();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !cache.tierStats().orElseThrow().coherent());
        for (Object key : new Object[] {"42", 42L, 42}) { // candidates, of which the first fails
            cache.get(key, any -> "value");
        }

        var answer = application.delete(PRODUCTS + "?" + what);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.<String>at("$.problem"))
                .contains("here it is invalidated")
                .contains("ask again");
        assertThat(answer.body()).doesNotContain("42");
        if (!what.startsWith("tag")) {
            assertThat(cache.keys()).isEmpty();
        }
    }
}
