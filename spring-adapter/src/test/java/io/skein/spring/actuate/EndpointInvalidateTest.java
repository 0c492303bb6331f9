package io.skein.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import io.skein.spring.ManualTicker;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointInvalidateTest {
    private static final String PRODUCTS = "/actuator/skein/caches/products";

    private static WebApplication application;
    private CoalescingCache<Object, String> cache;

    record Sku(String vendor, int number) {}

    @BeforeAll
    static void start() {
        application = WebApplication.start(
                EndpointReadTest.Clock.class,
                "management.endpoint.skein.access=unrestricted",
                "skein.caches.products.ttl=30s",
                "skein.caches.products.stale-if-error=10m",
                "skein.caches.products.negative-ttl=10m",
                "skein.caches[eu/products.v1].ttl=1h",
                "skein.caches.typed.key-type=java.lang.Long",
                "skein.caches.typed.value-type=java.lang.String",
                "skein.groups.reports.max-flights=3");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void clear() {
        cache = application.bean(SkeinRegistry.class).cache("products");
        cache.invalidateAll();
    }

    static Stream<Object> keys() {
        return Stream.of(
                "user:42",
                "a b/c?d&e=f",
                "",
                42L,
                42,
                -42L,
                Long.MAX_VALUE,
                UUID.fromString("6f1c2d3e-0000-4000-8000-00000000abcd"),
                new Sku("acme", 7),
                LocalDate.of(2026, 1, 31),
                (short) 42);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aFreshValue_isInvalidatedByItsKey(Object key) {
        cache.put(key, "value");
        cache.put("other", "value");

        var answer = application.delete(PRODUCTS + "?key=" + EndpointReadTest.encoded(key));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.<String>at("$.invalidated")).isEqualTo("key");
        assertThat(cache.keys()).containsExactly("other");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aStaleValue_isInvalidatedByItsKey(Object key) {
        cache.put(key, "value");
        application.bean(ManualTicker.class).pass(Duration.ofMinutes(1));
        assertThat(cache.getIfPresent(key)).isNull();
        assertThat(cache.entry(key)).isPresent();

        application.delete(PRODUCTS + "?key=" + EndpointReadTest.encoded(key));

        assertThat(cache.entry(key)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aRememberedAbsence_isInvalidatedByItsKey(Object key) {
        cache.put(key, Loaded.absent());

        application.delete(PRODUCTS + "?key=" + EndpointReadTest.encoded(key));

        assertThat(cache.entry(key)).isEmpty();
    }

    @Test
    void aLoadInFlight_isNotStored_whateverItsKeyIs() {
        var gate = new CountDownLatch(1);
        var key = new Sku("acme", 7);
        var caller = CompletableFuture.supplyAsync(() -> cache.get(key, k -> {
            gate.await();
            return "old";
        }));
        await().until(() -> !cache.flights().isEmpty());

        application.delete(PRODUCTS + "?key=" + EndpointReadTest.encoded(key));
        gate.countDown();

        assertThat(caller.join()).isEqualTo("old");
        assertThat(cache.entry(key)).isEmpty();
    }

    @Test
    void aTag_isInvalidated() {
        cache.put(1L, Loaded.of("value").tags("brand:7"));
        cache.put(2L, Loaded.of("value").tags("brand:8"));

        var answer = application.delete(PRODUCTS + "?tag=brand:7");

        assertThat(answer.<String>at("$.invalidated")).isEqualTo("tag");
        assertThat(cache.keys()).containsExactly(2L);
    }

    @Test
    void all_isInvalidated_inThisCacheOnly() {
        cache.put(1L, "value");
        var other = application.bean(SkeinRegistry.class).<Object, String>cache("eu/products.v1");
        other.put(1L, "value");

        var answer = application.delete(PRODUCTS + "?all=true");

        assertThat(answer.<String>at("$.invalidated")).isEqualTo("all");
        assertThat(answer.<String>at("$.cache")).isEqualTo("products");
        assertThat(cache.keys()).isEmpty();
        assertThat(other.keys()).containsExactly(1L);

        assertThat(application
                        .delete("/actuator/skein/caches/eu/products.v1?key=1")
                        .status())
                .isEqualTo(200);
        assertThat(other.keys()).isEmpty();
    }

    @Test
    void aCacheThatKnowsTheTypeOfItsKeys_isInvalidatedByKey() {
        var typed = application.bean(SkeinRegistry.class).<Long, String>cache("typed");
        typed.put(42L, "value");

        assertThat(application.delete("/actuator/skein/caches/typed?key=none").status())
                .isEqualTo(200);
        assertThat(application.delete("/actuator/skein/caches/typed?key=42").status())
                .isEqualTo(200);

        assertThat(typed.keys()).isEmpty();
    }

    @Test
    void aKeyThatCannotBeWritten_isNotInTheWayOfOthers() {
        record Unwritable() {
            @Override
            public String toString() {
                throw new IllegalStateException("as planned");
            }
        }
        cache.put(new Unwritable(), "value");
        cache.put(42L, "value");

        var answer = application.delete(PRODUCTS + "?key=42");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(cache.getIfPresent(42L)).isNull();
        assertThat(cache.getIfPresent(new Unwritable())).isEqualTo("value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?all=false", "?key=42&tag=x", "?key=42&all=true", "?tag=x&all=true"})
    void anythingButOneThing_isABadRequest_thatSaysWhatToAskFor(String query) {
        cache.put(42L, Loaded.of("value").tags("x"));

        var answer = application.delete(PRODUCTS + query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.<String>at("$.problem")).isEqualTo("ask for one of key=..., tag=... and all=true");
        assertThat(cache.keys()).containsExactly(42L);
    }

    @Test
    void nonsense_isABadRequest() {
        cache.put(42L, "value");

        assertThat(application.delete(PRODUCTS + "?all=perhaps").status()).isEqualTo(400);

        assertThat(cache.keys()).containsExactly(42L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"caches/none", "groups/reports", "else/products"})
    void whatIsNoCache_isNotFound(String path) {
        assertThat(application.delete("/actuator/skein/" + path + "?all=true").status())
                .isEqualTo(404);
    }

    @Test
    void byDefault_itRefusesToInvalidate() {
        try (var readOnly = WebApplication.start(EndpointReadTest.Clock.class, "skein.caches.products.ttl=1h")) {
            var there = readOnly.bean(SkeinRegistry.class).<Object, String>cache("products");
            there.put(42L, "value");

            assertThat(readOnly.get(PRODUCTS).status()).isEqualTo(200);
            for (var query : new String[] {"?key=42", "?tag=x", "?all=true"}) {
                assertThat(readOnly.delete(PRODUCTS + query).status()).isEqualTo(405);
            }

            assertThat(there.keys()).containsExactly(42L);
        }
    }
}
