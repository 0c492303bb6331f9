package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeysTest {
    private final Clockwork clock = new Clockwork();
    private final CoalescingCache<String, String> cache = CoalescingCache.<String, String>builder("keys")
            .ticker(clock)
            .ttl(Duration.ofSeconds(10))
            .staleIfError(Duration.ofSeconds(50))
            .negativeTtl(Duration.ofSeconds(30))
            .errorTtl(IllegalStateException.class::isInstance, Duration.ofSeconds(30))
            .build();

    @Test
    void C3_theTimesOfACache_canBeAskedFor() {
        assertThat(cache.ttl()).contains(Duration.ofSeconds(10));
        assertThat(cache.negativeTtl()).contains(Duration.ofSeconds(30));
        try (var plain = CoalescingCache.<String, String>builder("plain").build()) {
            assertThat(plain.ttl()).isEmpty();
            assertThat(plain.negativeTtl()).isEmpty();
        }
    }

    @Test
    void keys_areThoseOfStaleValuesAbsencesAndFailuresToo() {
        cache.put("stale", "value");
        clock.passSeconds(20);
        cache.put("fresh", "value");
        cache.get("absent", key -> null);
        assertThatThrownBy(() -> cache.get("failed", key -> {
                    throw new IllegalStateException("as planned");
                }))
                .hasMessage("as planned");

        var keys = cache.keys();

        assertThat(keys).containsExactlyInAnyOrder("stale", "fresh", "absent", "failed");
        assertThat(cache.asMap()).containsOnlyKeys("fresh");
    }

    @Test
    void keys_ofWhatIsOverOrInvalidated_areNotThere() {
        cache.put("over", "value");
        clock.passSeconds(60);
        cache.put("tagged", Loaded.of("value").tags("tag"));
        cache.put("gone", "value");
        cache.put("left", "value");
        cache.invalidateTag("tag");
        cache.invalidate("gone");

        assertThat(cache.keys()).containsExactly("left");

        cache.invalidateAll();

        assertThat(cache.keys()).isEmpty();
    }

    @Test
    void keys_areASnapshot() {
        cache.put("key", "value");

        var keys = cache.keys();
        cache.put("later", "value");

        assertThat(keys).containsExactly("key");
        assertThatThrownBy(keys::clear).isInstanceOf(UnsupportedOperationException.class);
    }
}
