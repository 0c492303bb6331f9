package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.expression.spel.SpelEvaluationException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class UnlessTest {
    private final ApplicationContextRunner application =
            Caching.application().withBean(Texts.class).withBean("limits", Limits.class);

    static class Limits {
        public boolean isTooLong(String text) {
            return text.length() > 3;
        }
    }

    static class Texts {
        final AtomicInteger runs = new AtomicInteger();
        public final int limit = 3;

        private String ran(String text) {
            runs.incrementAndGet();
            return text;
        }

        @Cacheable(cacheNames = "texts", unless = "#result.length() > 3")
        public String result(String text) {
            return ran(text);
        }

        @Cacheable(cacheNames = "texts", unless = "#result?.length() > 3")
        public Optional<String> optional(String text) {
            return Optional.ofNullable(ran(text));
        }

        @Cacheable(cacheNames = "texts", unless = "#result == null")
        public String unlessNull(String text) {
            ran(text);
            return null;
        }

        @Cacheable(cacheNames = "texts", unless = "#text.length() > #root.target.limit")
        public String target(String text) {
            return ran(text);
        }

        @Cacheable(
                cacheNames = "texts",
                unless = "#root.methodName == 'root' and #root.method.name == 'root' and #root.args[0].length() > 3"
                        + " and #root.targetClass.simpleName == 'Texts' and #root.caches[0].name == 'texts'"
                        + " and #p0.length() > 3 and #a0.length() > 3")
        public String root(String text) {
            return ran(text);
        }

        @Cacheable(cacheNames = "texts", unless = "@limits.isTooLong(#result)")
        public String bean(String text) {
            return ran(text);
        }

        @Cacheable(cacheNames = "texts", unless = "#result.length() > 3")
        public CompletableFuture<String> future(String text) {
            return CompletableFuture.completedFuture(ran(text));
        }

        @Cacheable(cacheNames = "texts", unless = "#result.length() > 3")
        public Mono<String> mono(String text) {
            return Mono.fromSupplier(() -> ran(text));
        }

        @Cacheable(cacheNames = "lists", unless = "#result[0].length() > 3")
        public Flux<String> flux(String text) {
            return Flux.defer(() -> Flux.just(ran(text)));
        }

        @Cacheable(cacheNames = "texts", unless = "#result.nonsense")
        public String broken(String text) {
            return ran(text);
        }

        @Cacheable(cacheNames = "texts", unless = "#result.length() > 3", sync = true)
        public String withSync(String text) {
            return ran(text);
        }
    }

    interface Call {
        Object of(Texts texts, String text);
    }

    private void assertKeepsShortOnly(boolean coalesce, Call call) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var texts = context.getBean(Texts.class);

            assertThat(call.of(texts, "abc")).isEqualTo(call.of(texts, "abc"));
            assertThat(Caching.inside(texts).runs).hasValue(1);
            assertThat(call.of(texts, "abcd")).isEqualTo(call.of(texts, "abcd"));
            assertThat(Caching.inside(texts).runs).hasValue(3);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void result_isSeen(boolean coalesce) {
        assertKeepsShortOnly(coalesce, Texts::result);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultOfAnOptional_isUnwrapped(boolean coalesce) {
        assertKeepsShortOnly(coalesce, Texts::optional);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void target_isSeen(boolean coalesce) {
        assertKeepsShortOnly(coalesce, Texts::target);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void root_isSeen(boolean coalesce) {
        assertKeepsShortOnly(coalesce, Texts::root);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void beans_areSeen(boolean coalesce) {
        assertKeepsShortOnly(coalesce, Texts::bean);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultOfAFuture_isUnwrapped(boolean coalesce) {
        assertKeepsShortOnly(coalesce, (texts, text) -> texts.future(text).join());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultOfAMono_isUnwrapped(boolean coalesce) {
        assertKeepsShortOnly(coalesce, (texts, text) -> texts.mono(text).block(Caching.PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultOfAFlux_isAList(boolean coalesce) {
        assertKeepsShortOnly(
                coalesce, (texts, text) -> texts.flux(text).collectList().block(Caching.PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothing_isNotKeptIfUnlessSaysSo(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var texts = context.getBean(Texts.class);

            assertThat(texts.unlessNull("a")).isNull();
            assertThat(texts.unlessNull("a")).isNull();

            assertThat(Caching.inside(texts).runs).hasValue(2);
            assertThat(Caching.cache(context, "texts").get("a")).isNull();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExpressionThatFails_failsTheCall_andNothingIsKept(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var texts = context.getBean(Texts.class);

            assertThatThrownBy(() -> texts.broken("a")).isInstanceOf(SpelEvaluationException.class);
            assertThat(Caching.cache(context, "texts").get("a")).isNull();
        });
    }

    @Test
    void aHit_isNotAskedAbout() {
        application.run(context -> {
            Caching.cache(context, "texts").put("abcd", "put before");

            assertThat(context.getBean(Texts.class).result("abcd")).isEqualTo("put before");
        });
    }

    @Test
    void withSync_isRefusedBySpringAsEver() {
        application.run(
                context -> assertThatThrownBy(() -> context.getBean(Texts.class).withSync("a"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("unless"));
    }

    interface Named {
        String find(String other);
    }

    static class Renamed implements Named {
        @Override
        @Cacheable(cacheNames = "texts", unless = "#mine.length() > 3")
        public String find(String mine) {
            return new String(mine);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parameters_haveTheNamesOfTheClass_evenBehindAnInterface(boolean coalesce) {
        Caching.application()
                .withBean(Named.class, Renamed::new)
                .withPropertyValues("spring.aop.proxy-target-class=false", "skein.coalesce-cacheable=" + coalesce)
                .run(context -> {
                    var named = context.getBean(Named.class);

                    assertThat(named).isNotInstanceOf(Renamed.class);
                    assertThat(named.find("abc")).isSameAs(named.find("abc"));
                    assertThat(named.find("abcd")).isNotSameAs(named.find("abcd"));
                });
    }
}
