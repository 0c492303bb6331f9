package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.util.AopTestUtils;

/** What methods may look like: generic, overloaded, overridden, beside others. */
class SignaturesTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h");

    // Generic

    abstract static class Source<T> {
        @Coalesced("products")
        public T get(String key) {
            return make(key);
        }

        abstract T make(String key);
    }

    static class Futures extends Source<CompletableFuture<String>> {
        final CompletableFuture<String> answer = new CompletableFuture<>();

        @Override
        CompletableFuture<String> make(String key) {
            return answer;
        }
    }

    static class Optionals extends Source<Optional<String>> {
        @Override
        Optional<String> make(String key) {
            return Optional.of("value of " + key);
        }
    }

    static class Streams extends Source<Stream<String>> {
        @Override
        Stream<String> make(String key) {
            return Stream.of(key);
        }
    }

    interface Finder<T, K> {
        T find(K key);
    }

    static class FinderOfNumbers implements Finder<String, Long> {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        @Coalesced("products")
        public String find(Long key) {
            return key + " at call " + calls.incrementAndGet();
        }
    }

    @Test
    void G6_whatATypeParameterStandsFor_decidesWhatIsShared() {
        application.withBean(Futures.class).run(context -> {
            var futures = context.getBean(Futures.class);
            var first = futures.get("a");
            var second = futures.get("a");

            first.cancel(true);
            AopTestUtils.<Futures>getTargetObject(futures).answer.complete("value");

            assertThat(second).isNotSameAs(first).isCompletedWithValue("value");
        });
        application.withBean(Optionals.class).run(context -> {
            CoalescingCache<String, String> products =
                    context.getBean(SkeinRegistry.class).cache("products");

            assertThat(context.getBean(Optionals.class).get("a")).contains("value of a");

            assertThat(products.getIfPresent("a")).isEqualTo("value of a");
        });
        application
                .withBean(Streams.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidCoalescedException.class)
                        .hasMessageContaining("share one Stream"));
    }

    @Test
    void theMethodBehindAGenericInterface_isCoalesced_whoeverCallsIt() {
        for (boolean byClass : List.of(true, false)) {
            application
                    .withPropertyValues("spring.aop.proxy-target-class=" + byClass)
                    .withBean("finder", FinderOfNumbers.class)
                    .run(context -> {
                        @SuppressWarnings("unchecked")
                        var finder = (Finder<String, Long>) context.getBean("finder");

                        assertThat(finder.find(1L)).isEqualTo("1 at call 1").isEqualTo(finder.find(1L));
                    });
        }
    }

    // Overloads

    static class Orders {
        record Id(long number) {}
    }

    static class Customers {
        record Id(long number) {}
    }

    static class Names {
        @Coalesced(key = "#id.number()")
        public String name(Orders.Id id) {
            return "order";
        }

        @Coalesced(key = "#id.number()")
        public String name(Customers.Id id) {
            return "customer";
        }

        @Coalesced(key = "#id")
        public String name(long id) {
            return "number";
        }
    }

    @Test
    void overloads_haveGroupsOfTheirOwn_howeverAlikeTheirTypesAreNamed() {
        application.withBean(Names.class).run(context -> {
            var groups = context.getBean(SkeinRegistry.class).groupNames();

            assertThat(groups)
                    .containsExactly(
                            Names.class.getName() + ".name(" + Customers.Id.class.getName() + ")",
                            Names.class.getName() + ".name(" + Orders.Id.class.getName() + ")",
                            Names.class.getName() + ".name(long)");
        });
    }

    // Beside others

    static class OneOfTwo {
        @Coalesced("products")
        public String aGoodOne(String id) {
            return id;
        }

        @Coalesced("products")
        public final String bBadOne(String id) {
            return id;
        }

        @Coalesced("others")
        public String cGoodOne(String id) {
            return id;
        }
    }

    @Test
    void everyMethodOfABean_isLookedAtWhenTheApplicationStarts() {
        application
                .withBean(OneOfTwo.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidCoalescedException.class)
                        .hasMessageContaining("bBadOne"));
    }

    interface Two {
        @Coalesced("products")
        String one(String id);

        @Coalesced("others")
        String two(String id);
    }

    static class BothOfTwo implements Two {
        @Override
        public String one(String id) {
            return id;
        }

        @Override
        public String two(String id) {
            return id;
        }
    }

    @Test
    void everyCacheThatMethodsName_isThereWhenTheApplicationHasStarted() {
        application
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(BothOfTwo.class)
                .run(context -> assertThat(context.getBean(SkeinRegistry.class).cacheNames())
                        .containsExactly("others", "products"));
    }

    @Coalesced("products")
    static class Shop {
        final AtomicInteger calls = new AtomicInteger();

        public Integer count() {
            return calls.incrementAndGet();
        }

        @Override
        public String toString() {
            return "shop " + calls.incrementAndGet();
        }
    }

    @Test
    void onAType_itIsNotForWhatEveryObjectHas() {
        application.withBean(Shop.class).run(context -> {
            var shop = context.getBean(Shop.class);

            assertThat(shop.count()).isEqualTo(1).isEqualTo(shop.count());

            assertThat(shop.toString()).isEqualTo("shop 2");
            assertThat(shop.toString()).isEqualTo("shop 3");
        });
    }

    // Parameters

    static class Odd {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced(cacheNames = "products", key = "#result", unless = "#result == 'bad'")
        public String named(String result) {
            return calls.incrementAndGet() == 1 ? "bad" : "good";
        }

        @Coalesced("products")
        public String sum(byte[] bytes) {
            return bytes[0] + " at call " + calls.incrementAndGet();
        }
    }

    @Test
    void unless_seesTheResult_evenIfAParameterHasItsName() {
        application.withBean(Odd.class).run(context -> {
            var odd = context.getBean(Odd.class);

            assertThat(odd.named("a")).isEqualTo("bad");
            assertThat(odd.named("a")).isEqualTo("good").isEqualTo(odd.named("a"));
        });
    }

    @Test
    void aKeyThatIsAnArray_isWhatWasInItWhenTheMethodWasCalled() {
        application.withBean(Odd.class).run(context -> {
            var odd = context.getBean(Odd.class);
            byte[] buffer = {1};
            var first = odd.sum(buffer);

            buffer[0] = 2;

            assertThat(odd.sum(buffer)).isEqualTo("2 at call 2");
            assertThat(odd.sum(new byte[] {1})).isEqualTo(first);
        });
    }
}
