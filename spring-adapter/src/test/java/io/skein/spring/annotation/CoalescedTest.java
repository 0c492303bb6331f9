package io.skein.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.autoconfigure.SkeinAutoConfiguration;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CoalescedTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withPropertyValues("skein.caches.products.ttl=1h");

    record Product(long id, String name) {}

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced("products")
        public Product find(long id) {
            return new Product(id, "call " + calls.incrementAndGet());
        }

        @Coalesced("products")
        public Optional<Product> look(long id) {
            return id < 0 ? Optional.empty() : Optional.of(new Product(id, "call " + calls.incrementAndGet()));
        }

        @Coalesced
        public Product nothingKept(long id) throws IOException {
            if (id < 0) {
                throw new IOException("no such product");
            }
            return new Product(id, "call " + calls.incrementAndGet());
        }
    }

    @Test
    void aResult_isKept() {
        application.withBean(Catalogue.class).run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThat(catalogue.find(42)).isSameAs(catalogue.find(42));
            assertThat(catalogue.look(42)).containsSame(catalogue.find(42));
            assertThat(catalogue.look(-1)).isEmpty();
            CoalescingCache<Long, Product> products =
                    context.getBean(SkeinRegistry.class).cache("products");
            assertThat(products.getIfPresent(42L)).isSameAs(catalogue.find(42));
            assertThat(context.getBean("products")).isSameAs(products);
            products.invalidate(42L);
            assertThat(catalogue.find(42).name()).isEqualTo("call 2");
            assertThatThrownBy(() -> catalogue.nothingKept(-1)).isInstanceOf(IOException.class);
            assertThat(catalogue.nothingKept(1)).isNotEqualTo(catalogue.nothingKept(1));
        });
    }
}
