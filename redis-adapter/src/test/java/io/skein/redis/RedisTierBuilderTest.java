package io.skein.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RedisTierBuilderTest {
    private static void refused(Consumer<RedisTierBuilder> setting, String... words) {
        assertThatThrownBy(() -> setting.accept(RedisTier.builder("redis://localhost")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void badValues_areRefusedAtOnce_byNameAndValue() {
        refused(b -> b.commandTimeout(Duration.ZERO), "commandTimeout", "PT0S");
        refused(b -> b.connectTimeout(Duration.ofSeconds(-1)), "connectTimeout", "PT-1S");
        refused(b -> b.lease(Duration.ofMillis(99)), "lease", "100 ms", "PT0.099S");
        refused(b -> b.heartbeat(Duration.ZERO, Duration.ofSeconds(1)), "heartbeat period");
        refused(b -> b.heartbeat(Duration.ofSeconds(1), Duration.ofDays(2)), "heartbeat timeout");
        refused(b -> b.openTime(Duration.ofNanos(1)), "openTime");
        refused(b -> b.longestWait(Duration.ofDays(9)), "longestWait");
        refused(b -> b.maxInFlight(0), "maxInFlight", "0");
        refused(b -> b.maxValueBytes(-1), "maxValueBytes", "-1");
        refused(b -> b.compressAbove(0), "compressAbove");
        refused(b -> b.namespace(" "), "namespace");
        refused(b -> b.namespace("{a}"), "namespace", "{a}");
        assertThatThrownBy(() -> RedisTier.cluster(List.<RedisURI>of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void null_isRefusedAtOnce_byName() {
        List<Consumer<RedisTierBuilder>> settings = List.of(
                b -> b.namespace(null),
                b -> b.commandTimeout(null),
                b -> b.lease(null),
                b -> b.clientResources(null),
                b -> b.clientOptions(null),
                b -> b.objectMapper(null));
        var names = List.of("namespace", "commandTimeout", "lease", "clientResources", "clientOptions", "objectMapper");
        for (int i = 0; i < settings.size(); i++) {
            var setting = settings.get(i);
            assertThatThrownBy(() -> setting.accept(RedisTier.builder("redis://localhost")))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage(names.get(i));
        }
        assertThatThrownBy(() -> RedisTier.builder((String) null)).isInstanceOf(NullPointerException.class);
    }
}
