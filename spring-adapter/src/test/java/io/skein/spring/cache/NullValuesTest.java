package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.cache.CoalescingCache;
import io.skein.spring.CacheCustomizer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Mono;

class NullValuesTest {
    private final Caching.Clock clock = new Caching.Clock();
    private final ApplicationContextRunner application =
            Caching.application().withBean(Empty.class).withBean(Ticker.class, () -> clock);

    static class Empty {
        final AtomicInteger runs = new AtomicInteger();

        @Cacheable("things")
        public String plain(long id) {
            runs.incrementAndGet();
            return null;
        }

        @Cacheable(cacheNames = "things", sync = true)
        public String sync(long id) {
            return plain(id);
        }

        @Cacheable({"things", "others"})
        public String both(long id) {
            return plain(id);
        }

        @Cacheable("things")
        public CompletableFuture<String> future(long id) {
            return CompletableFuture.completedFuture(plain(id));
        }

        @Cacheable("things")
        public Mono<String> mono(long id) {
            return Mono.fromSupplier(() -> plain(id));
        }

        @CachePut("things")
        public String put(long id) {
            return null;
        }
    }

    interface Way {
        Object of(Empty empty);
    }

    static Stream<Way> ways() {
        return Stream.of(
                empty -> empty.plain(1),
                empty -> empty.sync(1),
                empty -> empty.both(1),
                empty -> empty.future(1).join(),
                empty -> empty.mono(1).block(Caching.PATIENCE));
    }

    /** Whoever says so: a customizer, or a bean that is the cache. */
    @Test
    void nothing_isKeptAsLongAsValues_ofCachesWithoutProperties() {
        var byCustomizer = application.withBean(
                CacheCustomizer.class, () -> (name, builder) -> builder.ttl(Duration.ofSeconds(10)));
        var byBean = application.withBean(
                "things",
                CoalescingCache.class,
                () -> CoalescingCache.builder("things")
                        .ttl(Duration.ofSeconds(10))
                        .ticker(clock)
                        .build());
        for (var way : List.of(byCustomizer, byBean)) {
            way.run(context -> {
                var empty = context.getBean(Empty.class);
                empty.plain(1);
                clock.advance(Duration.ofSeconds(9));
                empty.plain(1);
                assertThat(Caching.inside(empty).runs).hasValue(1);

                clock.advance(Duration.ofSeconds(2));
                empty.plain(1);

                assertThat(Caching.inside(empty).runs).hasValue(2);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nothing_isKeptAsLongAsValues(Way way) {
        application.withPropertyValues("skein.defaults.ttl=10s").run(context -> {
            var empty = context.getBean(Empty.class);

            assertThat(way.of(empty)).isNull();
            clock.advance(Duration.ofSeconds(9));
            assertThat(way.of(empty)).isNull();
            assertThat(Caching.inside(empty).runs).hasValue(1);
            assertThat(Caching.cache(context, "things").get(1L)).isNotNull();

            clock.advance(Duration.ofSeconds(2));
            assertThat(Caching.cache(context, "things").get(1L)).isNull();
            assertThat(way.of(empty)).isNull();
            assertThat(Caching.inside(empty).runs).hasValue(2);
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nothing_isKeptForNegativeTtl(Way way) {
        application
                .withPropertyValues("skein.defaults.ttl=10s", "skein.defaults.negative-ttl=2s")
                .run(context -> {
                    var empty = context.getBean(Empty.class);

                    way.of(empty);
                    clock.advance(Duration.ofSeconds(1));
                    way.of(empty);
                    assertThat(Caching.inside(empty).runs).hasValue(1);

                    clock.advance(Duration.ofSeconds(2));
                    way.of(empty);
                    assertThat(Caching.inside(empty).runs).hasValue(2);
                });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nothing_isNotKept_ifThatIsSwitchedOff(Way way) {
        application
                .withPropertyValues("skein.cache-null-values=false", "skein.defaults.negative-ttl=1h")
                .run(context -> {
                    var empty = context.getBean(Empty.class);

                    assertThat(way.of(empty)).isNull();
                    assertThat(way.of(empty)).isNull();

                    assertThat(Caching.inside(empty).runs).hasValue(2);
                    assertThat(Caching.cache(context, "things").get(1L)).isNull();
                });
    }

    @Test
    void aPutOfNothing_isKept_orRefusedAloud() {
        application.run(context -> {
            context.getBean(Empty.class).put(1);

            var wrapper = Caching.cache(context, "things").get(1L);
            assertThat(wrapper).isNotNull();
            assertThat(wrapper.get()).isNull();
        });
        application.withPropertyValues("skein.cache-null-values=false").run(context -> {
            var empty = context.getBean(Empty.class);

            assertThatThrownBy(() -> empty.put(1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("things");
        });
    }
}
