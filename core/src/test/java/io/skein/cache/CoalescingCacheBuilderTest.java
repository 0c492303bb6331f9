package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad settings fail at once, contradictions in build(), both with the setting, the value and what is allowed. */
class CoalescingCacheBuilderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static CoalescingCacheBuilder<String, String> builder() {
        return CoalescingCache.builder("settings");
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                bad("name must not be blank", () -> CoalescingCache.builder(" ")),
                bad("ttl must be positive, was PT0S", () -> builder().ttl(Duration.ZERO)),
                bad("ttl must be positive, was PT-1S", () -> builder().ttl(SECOND.negated())),
                bad(
                        "ttlJitter must be at least 0 and less than 1, was 1.0",
                        () -> builder().ttlJitter(1)),
                bad(
                        "ttlJitter must be at least 0 and less than 1, was NaN",
                        () -> builder().ttlJitter(Double.NaN)),
                bad(
                        "refreshAhead must be greater than 0 and less than 1, was 0.0",
                        () -> builder().refreshAhead(0)),
                bad(
                        "refreshAhead must be greater than 0 and less than 1, was 1.5",
                        () -> builder().refreshAhead(1.5)),
                bad("earlyRefresh must be positive, was -1.0", () -> builder().earlyRefresh(-1)),
                bad("staleWhileRevalidate must be positive", () -> builder().staleWhileRevalidate(Duration.ZERO)),
                bad("staleIfError must be positive", () -> builder().staleIfError(Duration.ZERO)),
                bad("retryAfterError must be positive", () -> builder().retryAfterError(Duration.ZERO)),
                bad("softTimeout must be positive", () -> builder().softTimeout(Duration.ZERO)),
                bad("negativeTtl must be positive", () -> builder().negativeTtl(Duration.ZERO)),
                bad("errorTtl must be positive", () -> builder().errorTtl(e -> true, Duration.ZERO)),
                bad("callerTimeout must be positive", () -> builder().callerTimeout(Duration.ZERO)),
                bad("loadTimeout must be positive", () -> builder().loadTimeout(Duration.ZERO)),
                bad("maximumSize must not be negative, was -1", () -> builder().maximumSize(-1)),
                bad(
                        "maximumWeight must not be negative, was -1",
                        () -> builder().maximumWeight(-1)),
                bad("maxLoads must be positive, was 0", () -> builder().maxLoads(0)),
                bad("maxFlights must be positive, was 0", () -> builder().maxFlights(0)),
                bad("ttlJitter needs ttl", () -> builder().ttlJitter(0.1).build()),
                bad("refreshAhead needs ttl", () -> builder().refreshAhead(0.5).build()),
                bad("earlyRefresh needs ttl", () -> builder().earlyRefresh(1).build()),
                bad(
                        "staleWhileRevalidate needs ttl",
                        () -> builder().staleWhileRevalidate(SECOND).build()),
                bad(
                        "staleIfError needs ttl, which is not set; staleIfError was PT1S",
                        () -> builder().staleIfError(SECOND).build()),
                bad(
                        "softTimeout needs staleIfError",
                        () -> builder().ttl(SECOND).softTimeout(SECOND).build()),
                bad(
                        "retryAfterError needs staleIfError",
                        () -> builder().retryAfterError(SECOND).build()),
                bad(
                        "weigher needs maximumWeight",
                        () -> builder().weigher((key, value) -> 1).build()),
                bad(
                        "maximumWeight needs weigher",
                        () -> builder().maximumWeight(1).build()),
                bad(
                        "only one of maximumSize and maximumWeight",
                        () -> builder()
                                .maximumSize(1)
                                .maximumWeight(1)
                                .weigher((key, value) -> 1)
                                .build()),
                bad(
                        "softTimeout must be shorter than callerTimeout",
                        () -> builder()
                                .ttl(SECOND)
                                .staleIfError(SECOND)
                                .softTimeout(SECOND)
                                .callerTimeout(SECOND)
                                .build()),
                bad(
                        "only one loader can be set besides a bulkLoader, but were [loader, asyncLoader]",
                        () -> builder()
                                .loader(key -> key)
                                .asyncLoader(CompletableFuture::completedFuture)
                                .build()),
                bad(
                        "stuckAfter must be shorter than loadTimeout",
                        () -> builder().stuckAfter(SECOND).loadTimeout(SECOND).build()));
    }

    private static Arguments bad(String message, ThrowingCallable setting) {
        return Arguments.of(message, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void aBadSetting_fails(String message, ThrowingCallable setting) {
        assertThatThrownBy(setting).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void nullSettings_fail() {
        assertThatThrownBy(() -> builder().ttl(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("ttl");
        assertThatThrownBy(() -> builder().loader(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loader");
        assertThatThrownBy(() -> builder().bulkLoader(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder().copier(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void allSettingsTogether() {
        var cache = builder()
                .ttl(Duration.ofSeconds(30))
                .ttlJitter(0.1)
                .maximumSize(10_000)
                .refreshAhead(0.8)
                .earlyRefresh(1)
                .staleWhileRevalidate(SECOND)
                .staleIfError(Duration.ofMinutes(10))
                .retryAfterError(SECOND)
                .softTimeout(Duration.ofMillis(100))
                .callerTimeout(SECOND)
                .stuckAfter(Duration.ofSeconds(2))
                .forgetStuck(true)
                .loadTimeout(Duration.ofSeconds(5))
                .negativeTtl(Duration.ofSeconds(5))
                .errorTtl(e -> true, SECOND)
                .maxLoads(10)
                .maxFlights(100)
                .maxCallersPerFlight(1_000)
                .cancelWhenAbandoned(false)
                .copier(value -> value)
                .types(String.class, String.class)
                .loader(key -> "value of " + key)
                .bulkLoader(keys -> Map.of())
                .build();

        assertThat(cache.name()).isEqualTo("settings");
        assertThat(cache.get("key")).isEqualTo("value of key");
    }

    @Test
    void aVeryLongTtl_isForEver() {
        var cache = builder().ttl(Duration.ofDays(1_000_000)).loader(key -> key).build();

        cache.get("key");

        assertThat(cache.entry("key").orElseThrow().timeLeft()).isGreaterThan(Duration.ofDays(100_000));
    }
}
