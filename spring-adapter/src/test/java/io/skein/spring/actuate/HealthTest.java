package io.skein.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.spring.ManualTicker;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final String SKEIN = "$.components.skein";

    private final CountDownLatch gate = new CountDownLatch(1);

    private static WebApplication start(String... more) {
        var properties = new ArrayList<>(List.of(more));
        properties.add("management.endpoint.health.show-details=always");
        properties.add("skein.defaults.stuck-after=10s");
        properties.add("skein.caches.products.ttl=1h");
        properties.add("skein.caches.patient.stuck-after=1h");
        properties.add("skein.groups.reports.max-flights=3");
        return WebApplication.start(EndpointReadTest.Clock.class, properties.toArray(String[]::new));
    }

    private void loadForLong(WebApplication application) {
        var registry = application.bean(SkeinRegistry.class);
        for (var name : new String[] {"products", "patient"}) {
            var cache = registry.<Object, String>cache(name);
            CompletableFuture.runAsync(() -> cache.get("confidential", key -> waitAtGate()), this::onNewThread);
            await().until(() -> !cache.flights().isEmpty());
        }
        var group = registry.<Object, String>group("reports");
        group.supplyAsync("confidential", key -> waitAtGate());
        await().until(() -> !group.flights().isEmpty());
    }

    private void onNewThread(Runnable task) {
        new Thread(task).start();
    }

    private String waitAtGate() throws InterruptedException {
        gate.await();
        return "value";
    }

    @AfterEach
    void openGate() {
        gate.countDown();
    }

    @Test
    void aFlightThatIsStuck_isADetail_andTheServiceIsUp() {
        try (var application = start()) {
            loadForLong(application);
            application.bean(ManualTicker.class).pass(Duration.ofSeconds(9));
            assertThat(application.get("/actuator/health").<Map<?, ?>>at(SKEIN + ".details.stuck"))
                    .isEmpty();

            application.bean(ManualTicker.class).pass(Duration.ofSeconds(1));
            var health = application.get("/actuator/health");

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.<String>at("$.status")).isEqualTo("UP");
            assertThat(health.<String>at(SKEIN + ".status")).isEqualTo("UP");
            assertThat(health.<Map<String, Integer>>at(SKEIN + ".details.stuck"))
                    .isEqualTo(Map.of("cache.products", 1, "group.reports", 1));
            assertThat(health.body()).doesNotContain("confidential");
        }
    }

    @Test
    void aStuckFlightThatIsForgotten_isStillStuck_untilItLands() {
        try (var application = start("skein.caches.products.forget-stuck=true")) {
            loadForLong(application);
            application.bean(ManualTicker.class).pass(Duration.ofSeconds(10));
            var cache = application.bean(SkeinRegistry.class).<Object, String>cache("products");
            await().until(() -> cache.flights().isEmpty());

            assertThat(application.get("/actuator/health").<Map<String, Integer>>at(SKEIN + ".details.stuck"))
                    .containsEntry("cache.products", 1);

            gate.countDown();
            await().untilAsserted(() -> assertThat(
                            application.get("/actuator/health").<Map<?, ?>>at(SKEIN + ".details.stuck"))
                    .isEmpty());
        }
    }

    @Test
    void theIndicator_canBeSwitchedOff() {
        try (var application = start("management.health.skein.enabled=false")) {
            var health = application.get("/actuator/health");

            assertThat(health.<Map<String, Object>>at("$.components"))
                    .isNotEmpty()
                    .doesNotContainKey("skein");
        }
    }
}
