package io.skein.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKey;

/** What Spring documents of {@code @Cacheable}, which holds whether calls are coalesced or not. */
class CacheableTest {
    private final ApplicationContextRunner application = Caching.application()
            .withBean(Shop.class)
            .withBean("limits", Limits.class)
            .withBean("shouting", KeyGenerator.class, () -> (target, method, args) -> args[0] + "!");

    record Product(long id, String name) {}

    static class Limits {
        public boolean isTooLong(String text) {
            return text.length() > 3;
        }
    }

    static class Shop {
        final AtomicInteger runs = new AtomicInteger();

        private Product product(long id) {
            return new Product(id, "run " + runs.incrementAndGet());
        }

        @Cacheable("products")
        public Product plain(long id) {
            return product(id);
        }

        @Cacheable(cacheNames = "products", sync = true)
        public Product sync(long id) {
            return product(id);
        }

        @Cacheable("products")
        public Product none() {
            return product(0);
        }

        @Cacheable("products")
        public Product two(long id, String country) {
            return product(id);
        }

        @Cacheable(cacheNames = "products", key = "#product.id")
        public Product keyed(Product product) {
            return product(product.id());
        }

        @Cacheable(cacheNames = "products", key = "#root.methodName + ':' + #p0 + ':' + #a0")
        public Product rooted(long id) {
            return product(id);
        }

        @Cacheable(cacheNames = "products", keyGenerator = "shouting")
        public Product generated(String id) {
            return product(7);
        }

        @Cacheable(cacheNames = "products", key = "null")
        public Product keyless(long id) {
            return product(id);
        }

        @Cacheable(cacheNames = "products", condition = "#id < 10")
        public Product conditional(long id) {
            return product(id);
        }

        @Cacheable(cacheNames = "products", condition = "#id < 10", sync = true)
        public Product conditionalSync(long id) {
            return product(id);
        }

        @Cacheable("products")
        public Optional<Product> optional(long id) {
            runs.incrementAndGet();
            return id < 0 ? Optional.empty() : Optional.of(new Product(id, "optional"));
        }

        @Cacheable(cacheNames = {"near", "far"})
        public Product both(long id) {
            return product(id);
        }

        @Cacheable("lists")
        public List<String> varargs(String... all) {
            runs.incrementAndGet();
            return List.of(all);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResult_isKeptPerKey(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shop = context.getBean(Shop.class);

            var first = shop.plain(1);

            assertThat(shop.plain(1)).isSameAs(first);
            assertThat(shop.sync(1)).isSameAs(first);
            assertThat(shop.plain(2)).isNotEqualTo(first);
            assertThat(Caching.inside(shop).runs).hasValue(2);
            assertThat(Caching.natively(context, "products").getIfPresent(1L)).isSameAs(first);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keys_areMadeAsSpringMakesThem(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shop = context.getBean(Shop.class);

            var none = shop.none();
            var two = shop.two(1, "eu");
            var keyed = shop.keyed(new Product(3, "whatever"));
            var rooted = shop.rooted(4);
            var generated = shop.generated("loud");

            var products = Caching.natively(context, "products").asMap();
            assertThat(products)
                    .containsEntry(SimpleKey.EMPTY, none)
                    .containsEntry(new SimpleKey(1L, "eu"), two)
                    .containsEntry(3L, keyed)
                    .containsEntry("rooted:4:4", rooted)
                    .containsEntry("loud!", generated)
                    .hasSize(5);
            assertThat(shop.keyed(new Product(3, "other"))).isSameAs(keyed);
            assertThatThrownBy(() -> shop.keyless(1)).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void condition_thatDoesNotHold_neitherReadsNorStores(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shop = context.getBean(Shop.class);
            Caching.cache(context, "products").put(10L, new Product(10, "put"));

            assertThat(shop.conditional(1)).isSameAs(shop.conditional(1));
            assertThat(shop.conditionalSync(1)).isSameAs(shop.conditional(1));
            assertThat(shop.conditional(10).name()).isEqualTo("run 2");
            assertThat(shop.conditionalSync(10).name()).isEqualTo("run 3");
            assertThat(Caching.natively(context, "products").getIfPresent(10L)).isEqualTo(new Product(10, "put"));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOptional_isStoredWithoutItsWrapping(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shop = context.getBean(Shop.class);

            assertThat(shop.optional(1)).contains(new Product(1, "optional"));
            assertThat(shop.optional(1)).contains(new Product(1, "optional"));
            assertThat(shop.optional(-1)).isEmpty();
            assertThat(shop.optional(-1)).isEmpty();

            assertThat(Caching.inside(shop).runs).hasValue(2);
            assertThat(Caching.natively(context, "products").getIfPresent(1L)).isEqualTo(new Product(1, "optional"));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severalCaches_areAskedInTurn_andAllFilled(boolean coalesce) {
        application.withPropertyValues("skein.coalesce-cacheable=" + coalesce).run(context -> {
            var shop = context.getBean(Shop.class);

            var first = shop.both(1);
            Caching.cache(context, "near").evict(1L);

            assertThat(shop.both(1)).isSameAs(first);
            assertThat(Caching.natively(context, "far").getIfPresent(1L)).isSameAs(first);
            Caching.cache(context, "far").evict(1L);
            assertThat(shop.both(1)).isNotEqualTo(first);
            assertThat(Caching.natively(context, "near").getIfPresent(1L)).isEqualTo(new Product(1, "run 2"));
            assertThat(Caching.natively(context, "far").getIfPresent(1L)).isEqualTo(new Product(1, "run 2"));
        });
    }

    @Test
    void varargs_areOneKey() {
        application.run(context -> {
            var shop = context.getBean(Shop.class);

            assertThat(shop.varargs("a", "b")).isSameAs(shop.varargs("a", "b"));
            assertThat(shop.varargs("a")).containsExactly("a");
            assertThat(Caching.inside(shop).runs).hasValue(2);
        });
    }
}
