package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.skein.Group;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.actuate.SkeinEndpoint;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

/** A small application, processed ahead of time as for a native image, and run from what that generates. */
@CompileWithForkedClassLoader
class AheadOfTimeTest {
    private static final String[] PROPERTIES = {
        "skein.caches.products.ttl=1h",
        "skein.caches.shop.ttl=1h",
        "skein.groups.reports.max-flights=3",
        "skein.caches.prices.shared=true",
        "skein.caches.prices.value-type=io.skein.spring.autoconfigure.AheadOfTimeTest$Price",
        "skein.redis.uri=redis://127.0.0.1:1",
        "management.endpoints.web.exposure.include=*"
    };

    record Product(long id, String name) {}

    record Price(Currency currency, long cents) {}

    record Currency(String name) {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SkeinAutoConfiguration.class,
        SkeinMicrometerAutoConfiguration.class,
        SkeinActuatorAutoConfiguration.class
    })
    static class Application {
        @Bean
        Shop shop(
                CoalescingCache<Long, Product> products,
                @Qualifier("shop") CoalescingCache<String, String> taken,
                CoalescingCache<String, String> loaded,
                Group<String, String> reports) {
            return new Shop(products, taken, loaded, reports);
        }

        @Bean
        Catalogue catalogue() {
            return new Catalogue();
        }

        @Bean
        @CacheLoaderFor("loaded")
        Loader<String, String> loader() {
            return key -> "loaded " + key;
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }

    /** Its name is that of a cache, too. */
    record Shop(
            CoalescingCache<Long, Product> products,
            CoalescingCache<String, String> taken,
            CoalescingCache<String, String> loaded,
            Group<String, String> reports) {}

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced("products")
        public Product find(long id) {
            return new Product(id, "call " + calls.incrementAndGet());
        }
    }

    private static void process(BiConsumer<GenericApplicationContext, RuntimeHints> check) {
        var generation = new TestGenerationContext(AheadOfTimeTest.class);
        var prepared = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(PROPERTIES).applyTo(prepared);
        prepared.register(Application.class);
        var initializer = new ApplicationContextAotGenerator().processAheadOfTime(prepared, generation);
        generation.writeGeneratedContent();
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (var context = new GenericApplicationContext()) {
                context.setAllowBeanDefinitionOverriding(false); // as applications of Boot do
                TestPropertyValues.of(PROPERTIES).applyTo(context);
                initialize(context, compiled.getInstance(ApplicationContextInitializer.class, initializer.toString()));
                context.refresh();
                check.accept(context, generation.getRuntimeHints());
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static void initialize(GenericApplicationContext context, ApplicationContextInitializer<?> initializer) {
        ((ApplicationContextInitializer<GenericApplicationContext>) initializer).initialize(context);
    }

    @Test
    void theApplication_runsFromWhatWasGenerated() {
        process((context, hints) -> {
            var shop = context.getBean(Shop.class);
            var catalogue = context.getBean(Catalogue.class);
            var registry = context.getBean(SkeinRegistry.class);

            assertThat(catalogue.find(42)).isSameAs(catalogue.find(42));
            assertThat(shop.products.getIfPresent(42L)).isEqualTo(new Product(42, "call 1"));
            assertThat(shop.products).isSameAs(registry.cache("products")).isSameAs(context.getBean("products"));
            assertThat(shop.taken).isSameAs(registry.cache("shop"));
            assertThat(shop.loaded.get("key")).isEqualTo("loaded key");
            assertThat(shop.reports).isSameAs(registry.group("reports"));
            assertThat(context.getBean(MeterRegistry.class)
                            .get("cache.gets")
                            .tags("cache", "products", "result", "hit")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        });
    }

    @Test
    void valuesOfSharedCaches_canBeWrittenAndRead() {
        process((context, hints) -> {
            assertThat(context.getBean(SkeinRegistry.class).cache("prices").tierStats())
                    .isPresent();
            assertThat(context.getBeansOfType(SharedValueHints.class)).isEmpty();
            for (var type : new Class<?>[] {Price.class, Currency.class}) {
                assertThat(hints.reflection().getTypeHint(TypeReference.of(type)))
                        .as(type.getName())
                        .isNotNull();
            }
        });
    }

    @Test
    void whatTheEndpointAnswers_canBeWritten() {
        process((context, hints) -> {
            assertThat(context.getBeanNamesForType(SkeinEndpoint.class)).hasSize(1);
            for (var type : new Class<?>[] {
                SkeinEndpoint.Everything.class,
                SkeinEndpoint.CacheView.class,
                SkeinEndpoint.GroupView.class,
                SkeinEndpoint.FlightView.class,
                SkeinEndpoint.Invalidation.class,
                SkeinEndpoint.Complaint.class,
                io.skein.cache.CacheStats.class,
                io.skein.tier.TierStats.class
            }) {
                assertThat(hints.reflection().getTypeHint(TypeReference.of(type)))
                        .as(type.getName())
                        .isNotNull();
            }
            assertThat(hints.reflection().getTypeHint(TypeReference.of(Catalogue.class)))
                    .isNotNull();
        });
    }
}
