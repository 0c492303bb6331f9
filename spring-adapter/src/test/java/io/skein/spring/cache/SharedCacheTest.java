package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skein.cache.CoalescingCache;
import io.skein.redis.RedisServer;
import io.skein.redis.RedisTier;
import io.skein.spring.cache.Transactions.Scene;
import io.skein.tier.TierException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What Spring does with caches otherwise than by loading, in two applications that share them. */
class SharedCacheTest {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = new RedisServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ApplicationContextRunner application(RedisServer server) {
        return Transactions.application()
                .withPropertyValues(
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + server.port(),
                        "skein.redis.command-timeout=5s",
                        "skein.redis.fail-fast=true",
                        "skein.caches.names.ttl=1h",
                        "skein.caches.names.shared=true",
                        "skein.caches.names.value-type=java.lang.String",
                        "skein.caches.copies.ttl=1h",
                        "skein.caches.copies.shared=true",
                        "skein.caches.copies.value-type=java.lang.String");
    }

    private interface Play {
        void of(Scene one, Scene other) throws Exception;
    }

    private static void run(Play play, String... properties) {
        var application = application(server).withPropertyValues(properties);
        application.run(first -> application.run(second -> {
            assertThat(first).hasNotFailed();
            var scene = Scene.of(first);
            scene.cache().clear();
            Caching.cache(first, "copies").clear();
            play.of(scene, Scene.of(second));
        }));
    }

    @Test
    void whatIsMissed_andPut_byOneThread_isStored() {
        run((one, other) -> {
            for (long id = 10; id < 20; id++) {
                assertThat(one.cache().get(id)).isNull();
                one.cache().put(id, "v" + id);
                assertThat(other.cache().get(id, String.class)).isEqualTo("v" + id);
            }
        });
    }

    @Test
    void whatIsMissed_andPut_isNotStored_ifAnotherEvictedItMeanwhile() {
        run((one, other) -> {
            assertThat(one.cache().get(7L)).isNull();
            other.cache().evict(7L);
            one.cache().put(7L, "old");
            assertThat(one.cache().get(7L)).isNull();
            assertThat(other.cache().get(7L)).isNull();
        });
    }

    @Test
    void severalCaches_andMethodsThatAreNotCoalesced_areKept() {
        run((one, other) -> {
            assertThat(one.names().both(1)).isEqualTo("old");
            assertThat(other.cache().get(1L, String.class)).isEqualTo("old");
        });
        run(
                (one, other) -> {
                    assertThat(one.names().plain(2)).isEqualTo("old two");
                    assertThat(other.cache().get(2L, String.class)).isEqualTo("old two");
                },
                "skein.coalesce-cacheable=false");
    }

    @Test
    void whatSpringHasStored_othersFind_thatAreNotSprings() {
        run((one, other) -> {
            one.cache().put(1L, "v");
            one.cache().put("text", "w");
            try (var tier = RedisTier.builder(server.uri()).failFast(true).build();
                    var plain = CoalescingCache.<Object, String>builder("names")
                            .ttl(Duration.ofHours(1))
                            .sharedTier(tier.of(String.class))
                            .build()) {
                assertThat(plain.getIfPresent(1L)).isEqualTo("v");
                assertThat(plain.getIfPresent("text")).isEqualTo("w");
                plain.invalidate(1L);
                await().until(() -> other.cache().get(1L) == null && one.cache().get(1L) == null);
            }
        });
    }

    @Test
    void whatIsPut_inATransaction_isStoredAfterIt() {
        run((one, other) -> {
            one.transaction().executeWithoutResult(status -> {
                assertThat(one.names().updateAndPut(1, "new")).isEqualTo("new");
                assertThat(other.cache().get(1L)).isNull();
            });
            await().until(() -> "new".equals(other.cache().get(1L, String.class)));
        });
    }

    /** One server for each: what is not known to be evicted for the one is evicted for the other. */
    @Test
    void anEvictionThatFails_isNoReasonToLeaveTheOthersOut() {
        try (var mortal = new RedisServer()) {
            application(mortal)
                    .withPropertyValues("skein.caches.copies.shared=false")
                    .run(context -> {
                        var scene = Scene.of(context);
                        var copies = Caching.cache(context, "copies");
                        copies.put(1L, "old");
                        copies.put(2L, "old");
                        assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                                    scene.cache().evict(1L);
                                    scene.cache().evict(2L);
                                    copies.evict(1L);
                                    copies.evict(2L);
                                    mortal.stop();
                                }))
                                .isInstanceOf(TierException.class)
                                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
                        assertThat(copies.get(1L)).isNull();
                        assertThat(copies.get(2L)).isNull();
                    });
        }
    }
}
