package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Codec;
import io.skein.redis.RedisTier;
import io.skein.tier.SharedTier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a user reads if caches cannot be shared as the properties say: which property it is, and what to do; and no passwords. */
class RedisFailuresTest {
    private static final String NOWHERE = "skein.redis.uri=redis://:s3cret@127.0.0.1:1";

    @EnableAutoConfiguration
    @Configuration
    static class Application {
        @Bean
        SharedTier<Object, String> texts(ObjectProvider<RedisTier> redis) {
            return (cache, events) ->
                    redis.getObject().<Object, String>of("text", Codec.utf8()).open(cache, events);
        }
    }

    private static Arguments bad(String properties, String... texts) {
        return Arguments.of(properties, List.of(texts));
    }

    static Stream<Arguments> badValues() {
        var shared = "skein.caches.products.shared=true skein.caches.products.value-type=java.lang.String ";
        return Stream.of(
                bad(
                        "skein.caches.products.shared=true",
                        "Property: skein.caches.products.shared\n",
                        "Value: true\n",
                        "Reason: it needs value-type, which is not set: what class",
                        "\nSet value-type, or shared=false, or name a SharedTier bean by shared-tier"),
                bad("skein.defaults.shared=true skein.caches.products.ttl=1h", "Property: skein.defaults.shared\n"),
                bad(
                        "skein.caches.products.shared-tier=text",
                        "Property: skein.caches.products.shared-tier\n",
                        "Reason: there is no bean of this name that is a SharedTier\n",
                        "\nDid you mean 'texts'?"),
                bad(
                        "skein.caches.products.shared-tier=texts skein.caches.products.shared=true"
                                + " skein.caches.products.value-type=java.lang.String " + NOWHERE,
                        "Property: skein.caches.products.shared-tier\n",
                        "only one of shared and shared-tier can be set"),
                bad(
                        "skein.caches.products.shared=true skein.caches.products.value-type=java.util.List",
                        "Property: skein.caches.products.value-type\n",
                        "Value: java.util.List\n",
                        "it has type parameters",
                        "\nName by shared-tier a SharedTier bean"),
                bad(
                        "skein.caches.products.shared=true skein.caches.products.value-type=java.util.Map[]",
                        "it has type parameters"),
                bad(
                        "skein.caches.products.shared=true skein.caches.products.value-type=java.lang.Object",
                        "Property: skein.caches.products.value-type\n",
                        "it does not tell what class",
                        "\nName by shared-tier a SharedTier bean"),
                bad(
                        shared + "skein.redis.lease=1ms",
                        "Property: skein.redis.lease\n",
                        "Value: PT0.001S\n",
                        "lease must be 100 ms at least"),
                bad(
                        shared + "skein.redis.heartbeat=0s",
                        "Property: skein.redis.heartbeat\n",
                        "heartbeat period must be"),
                bad(
                        shared + "skein.redis.heartbeat-timeout=0s",
                        "Property: skein.redis.heartbeat-timeout\n",
                        "Value: PT0S\n",
                        "heartbeat timeout must be"),
                bad(shared + "skein.redis.namespace={", "Property: skein.redis.namespace\n"),
                bad(
                        shared + "skein.redis.uri=",
                        "Property: skein.redis.uri\n",
                        "Value: ******\n",
                        "Reason: it cannot be read",
                        "redis://user:password@host:port"),
                bad(
                        shared + "skein.redis.uri=redis://:s3cret%@red",
                        "Property: skein.redis.uri\n",
                        "Value: ******\n",
                        "Origin: \"skein.redis.uri\" from property source"),
                bad(
                        shared + "spring.data.redis.url=redis://:s3cret%@red",
                        "Property: spring.data.redis.url\n",
                        "Value: ******\n",
                        "say by skein.redis.uri where Redis is"),
                bad(
                        shared + "skein.redis.fail-fast=true " + NOWHERE,
                        "Property: skein.redis.fail-fast\n",
                        "Reason: Redis at 127.0.0.1:1, which skein.redis.uri says, cannot be reached: ",
                        "\nStart it, change skein.redis.uri, or leave fail-fast out"),
                bad(
                        "skein.defaults.shared=true skein.redis.fail-fast=true " + NOWHERE,
                        "Property: skein.redis.fail-fast\n"),
                bad(
                        "skein.redis.urii=redis://:s3cret@red",
                        "Property: skein.redis.urii\n",
                        "Value: ******\n",
                        "Did you mean 'skein.redis.uri'?"));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void whatCannotBe_isTold(String properties, List<String> texts) {
        assertThat(FailureTexts.of(List.of(Application.class), properties.split(" ")))
                .contains(texts)
                .doesNotContain("s3cret");
    }

    static class TwoTiers {
        @Bean
        RedisTier one() {
            return RedisTier.builder("redis://127.0.0.1:1").build();
        }

        @Bean
        RedisTier other() {
            return RedisTier.builder("redis://127.0.0.1:1").build();
        }
    }

    @Test
    void twoTiers_areOneTooMany() {
        assertThat(FailureTexts.of(
                        List.of(Application.class, TwoTiers.class),
                        "skein.caches.products.shared=true",
                        "skein.caches.products.value-type=java.lang.String"))
                .contains("Property: skein.caches.products.shared\n")
                .contains("Reason: there is more than one RedisTier bean, and none is primary: one, other")
                .contains("\nMark one with @Primary, or name by shared-tier");
    }
}
