package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final Clockwork clock = new Clockwork();
    private final CoalescingCache<String, String> cache = CoalescingCache.<String, String>builder("leases")
            .ticker(clock)
            .ttl(Duration.ofSeconds(10))
            .build();

    @Test
    void C2_aLease_tellsWhetherItsValueWasStored() {
        var first = cache.lease("key");
        var second = cache.lease("key");
        assertThat(first.put("a")).isTrue();
        assertThat(second.put("b")).isTrue();
        assertThat(cache.getIfPresent("key")).isEqualTo("b");

        cache.invalidate("key");

        assertThat(first.put("a")).isFalse();
        assertThat(second.put("b")).isFalse();
        assertThat(cache.getIfPresent("key")).isNull();
        assertThat(cache.lease("key").put("c")).isTrue();
    }

    @Test
    void C2_aLease_neverReplacesWhatTookOffLater() {
        var lease = cache.lease("key");
        cache.get("key", key -> "loaded later");

        assertThat(lease.put("older")).isFalse();

        assertThat(cache.getIfPresent("key")).isEqualTo("loaded later");
    }

    @Test
    void C3_aLease_takesTimesTagsAndAbsence() {
        assertThat(cache.lease("key")
                        .put(Loaded.of("value").ttl(Duration.ofSeconds(2)).tags("tag")))
                .isTrue();
        assertThat(cache.entry("key").orElseThrow().tags()).containsExactly("tag");
        clock.passSeconds(3);
        assertThat(cache.getIfPresent("key")).isNull();

        assertThat(cache.lease("key").put(Loaded.<String>absent().ttl(Duration.ofSeconds(2))))
                .isTrue();
        assertThat(cache.entry("key").orElseThrow().state()).isEqualTo(EntryState.NEGATIVE);
    }

    @Test
    void badInput_isRefused() {
        var lease = cache.lease("key");
        assertThatThrownBy(() -> lease.put((String) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> lease.put(Loaded.notModified()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'key'");
        assertThatThrownBy(() -> cache.lease(null)).isInstanceOf(NullPointerException.class);
        cache.close();
        assertThatThrownBy(() -> lease.put("value")).isInstanceOf(IllegalStateException.class);
    }

    @RepeatedTest(200)
    void C2_aLeaseThatRacesWithAnInvalidation_leavesNothingOlderBehind() {
        var version = new AtomicLong();
        var stale = new AtomicInteger();

        var reader = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 200; i++) {
                var lease = cache.lease("key");
                lease.put("" + version.get());
            }
        });
        for (int i = 0; i < 200; i++) {
            long written = version.incrementAndGet();
            cache.invalidate("key");
            var seen = cache.getIfPresent("key");
            if (seen != null && Long.parseLong(seen) < written) {
                stale.incrementAndGet();
            }
        }
        reader.join();

        assertThat(stale).hasValue(0);
    }

    @Test
    void C7_asynchronousContextLoaders_seeWhatIsStored_andSayHowLongItIsKept() {
        try (var own = CoalescingCache.<String, String>builder("own")
                .ticker(clock)
                .staleIfError(Duration.ofMinutes(1))
                .asyncContextLoader((key, context) -> CompletableFuture.completedFuture(
                        context.etag().isPresent()
                                ? Loaded.<String>notModified().ttl(Duration.ofSeconds(5))
                                : Loaded.of("value").etag("v1").ttl(Duration.ofSeconds(5))))
                .build()) {
            var first = own.getAsync("key").join();
            clock.passSeconds(6);

            assertThat(own.get("key")).isSameAs(first);
            assertThat(own.entry("key").orElseThrow().etag()).contains("v1");
            assertThat(own.stats().loads()).isEqualTo(2);
            assertThat(own.getWithAsync("none", (key, context) -> CompletableFuture.completedFuture(null)))
                    .isCompletedWithValue(null);
            assertThat(own.getWith("unkept", (key, context) -> Loaded.of("x").noStore()))
                    .isEqualTo("x");
            assertThat(own.entry("unkept")).isEmpty();
        }
    }
}
