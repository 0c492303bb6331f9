package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A master that fails, and the replica that follows it. */
@Timeout(180)
class RedisSentinelTest {
    private static CoalescingCache<String, String> cache(RedisTier tier) {
        return CoalescingCache.<String, String>builder("sentinel")
                .ttl(Duration.ofHours(1))
                .sharedTier(tier.of("text", Codec.utf8()))
                .build();
    }

    private static String never(String key) {
        throw new AssertionError("loaded");
    }

    @Test
    void I7_I10_aFailover_isFollowed() {
        try (var sentinel = new Sentinel();
                var oneTier = RedisTier.builder(sentinel.uri()).failFast(true).build();
                var otherTier = RedisTier.builder(sentinel.uri()).failFast(true).build();
                var one = cache(oneTier);
                var other = cache(otherTier)) {
            assertThat(one.get("k", k -> "v")).isEqualTo("v");
            assertThat(other.get("k", RedisSentinelTest::never)).isEqualTo("v");
            assertThat(one.getIfPresent("k")).isEqualTo("v");

            sentinel.awaitReplicated();
            sentinel.master().stop();
            await().until(() -> !oneTier.isConnected() && !otherTier.isConnected());
            assertThat(one.get("alone", k -> "own")).isEqualTo("own"); // nobody waits for the failover
            for (var tier : List.of(oneTier, otherTier)) {
                await().atMost(Duration.ofSeconds(60)).until(tier::isConnected);
            }
            assertThat(one.get("k", RedisSentinelTest::never)).isEqualTo("v"); // it was copied before
            assertThat(other.getIfPresent("k")).isEqualTo("v");
            one.invalidate("k");
            await().until(() -> other.get("k", k -> "new").equals("new"));
            assertThat(one.get("k", RedisSentinelTest::never)).isEqualTo("new");
            assertThat(sentinel.replica().role()).isEqualTo("master");
        }
    }
}
