package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.cache.Loaded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same in a cluster, where each master tells of its own names. */
@Timeout(180)
class RedisClusterTest {
    private static RedisCluster cluster;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @BeforeAll
    static void start() {
        cluster = new RedisCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
    }

    private RedisTier tier() {
        var tier = RedisTier.cluster(cluster.uris())
                .commandTimeout(Duration.ofSeconds(5))
                .failFast(true)
                .build();
        open.push(tier);
        return tier;
    }

    private CoalescingCache<Integer, String> cache(String name) {
        var tier = tier();
        var cache = CoalescingCache.<Integer, String>builder(name)
                .ttl(Duration.ofHours(1))
                .sharedTier(tier.of("text", Codec.utf8()))
                .build();
        open.push(cache);
        cache.invalidate(-1); // what is made for a new cache has been made, and told of
        return cache;
    }

    private static String never(Integer key) {
        throw new AssertionError("loaded");
    }

    @Test
    void everyMaster_tellsOfItsOwnNames() {
        var first = cache("all");
        var second = cache("all");
        for (int i = 0; i < 50; i++) {
            int key = i;
            assertThat(first.get(key, k -> "old " + k)).isEqualTo("old " + i);
            assertThat(second.get(key, RedisClusterTest::never)).isEqualTo("old " + i);
        }
        for (int i = 0; i < 50; i++) {
            int key = i;
            first.invalidate(key);
            await().until(() -> second.get(key, k -> "new").equals("new"));
            assertThat(first.get(key, RedisClusterTest::never)).isEqualTo("new");
        }
    }

    /** Names that Redis would put elsewhere than their leases. */
    @Test
    void hostileKeys_areInTheSlotsOfTheirLeases() {
        var first = tier().<String, String>of("text", Codec.utf8());
        var second = tier().<String, String>of("text", Codec.utf8());
        try (var one = CoalescingCache.<String, String>builder("h")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(first)
                        .build();
                var other = CoalescingCache.<String, String>builder("h")
                        .ttl(Duration.ofHours(1))
                        .sharedTier(second)
                        .build()) {
            await().until(
                            () -> { // what is made for a new cache has been made, and told of
                                var key = "warm" + System.nanoTime();
                                return one.get(key, k -> "v").equals(other.get(key, k -> "not shared"));
                            });
            for (var key : List.of("", "{}", "}{", "{", "}", "{a}b", "%", "\u0000", "x".repeat(1_000))) {
                assertThat(one.get(key, k -> "v")).isEqualTo("v");
                assertThat(other.get(key, k -> "not shared")).isEqualTo("v");
                other.invalidate(key);
                await().until(() -> other.lease(key).put("w")); // when it has been told of its own change
                await().until(() -> one.get(key, k -> "not shared").equals("w"));
            }
        }
    }

    /** A slot that is on its way from one master to another: some of its keys are there already. */
    @Test
    void aSlot_thatIsMoved_isWaitedFor() {
        var cache = cache("moving");
        cache.put(1, "v");
        try (var move = cluster.move("skein:moving:v1:{%I1}")) {
            cache.invalidate(1);
            assertThat(cache.get(1, k -> "new")).isEqualTo("new");
            move.finish();
            cache.invalidate(1);
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                cache.put(1, "moved");
                return "moved".equals(cache.getIfPresent(1));
            });
        }
    }

    @Test
    void I4_anInvalidationElsewhere_fencesTheLoadHere() throws Exception {
        var first = cache("fence");
        var second = cache("fence");
        for (int i = 0; i < 10; i++) {
            int key = i;
            var entered = new CountDownLatch(1);
            var gate = new CountDownLatch(1);
            var before = CompletableFuture.supplyAsync(
                    () -> first.get(key, k -> {
                        entered.countDown();
                        gate.await();
                        return "old";
                    }),
                    task -> new Thread(task).start());
            entered.await();
            second.invalidate(key);
            await().until(() -> first.flights().isEmpty());
            assertThat(first.get(key, k -> "new")).isEqualTo("new");
            gate.countDown();
            assertThat(before.join()).isEqualTo("old");
            assertThat(second.get(key, RedisClusterTest::never)).isEqualTo("new");
        }
    }

    @Test
    void I9_tags_andAll_areInvalidatedEverywhere() {
        var first = cache("tags");
        var second = cache("tags");
        for (int i = 0; i < 20; i++) {
            int key = i;
            first.getWith(key, (k, context) -> Loaded.of("old").tags("t"));
            assertThat(second.get(key, RedisClusterTest::never)).isEqualTo("old");
        }
        first.invalidateTag("t");
        for (int i = 0; i < 20; i++) {
            int key = i;
            await().until(() -> second.get(key, k -> "new").equals("new"));
        }
        second.invalidateAll();
        await().until(() -> first.get(7, k -> "newest").equals("newest"));
    }

    @Test
    void I7_aMasterThatGoes_isLeft_andFoundAgain() {
        var cache = cache("gone");
        assertThat(cache.get(1, k -> "v")).isEqualTo("v");
        var server = cluster.servers().get(1);
        var over = new AtomicBoolean();
        var traffic = new Thread(
                () -> { // the others answer all the time
                    for (int i = 0; !over.get(); i++) {
                        cache.get(100 + i % 100, k -> "w");
                    }
                });
        traffic.start();
        server.pause();
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !cache.tierStats().orElseThrow().coherent());
            await().untilAsserted(() -> {
                assertThat(cache.get(2, k -> "alone")).isEqualTo("alone");
                assertThat(cache.get(2, RedisClusterTest::never)).isEqualTo("alone");
            });
        } finally {
            over.set(true);
            server.resume();
            cluster.awaitOk();
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cache.tierStats().orElseThrow().coherent());
        assertThat(cache.get(3, k -> "shared")).isEqualTo("shared");
    }
}
