package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Group;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** When and where the beans of Skein are made, and what they find. */
@ExtendWith(OutputCaptureExtension.class)
class WiringTest {
    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class));

    // Early beans

    static class Catalogue {
        final AtomicInteger calls = new AtomicInteger();

        @Coalesced("products")
        public String find(String id) {
            return id + calls.incrementAndGet();
        }
    }

    /** What it makes is known only to an instance. */
    @SuppressWarnings("rawtypes")
    static class Secretive implements FactoryBean {
        private final Catalogue catalogue;

        Secretive(Catalogue catalogue) {
            this.catalogue = catalogue;
        }

        @Override
        public Object getObject() {
            return new StringBuilder(catalogue.find("a"));
        }

        @Override
        public Class<?> getObjectType() {
            return StringBuilder.class;
        }
    }

    @EnableCaching
    @Configuration(proxyBeanMethods = false)
    static class Early {
        @Bean
        static Catalogue catalogue() {
            return new Catalogue();
        }

        @Bean
        @SuppressWarnings("rawtypes")
        static FactoryBean secretive(Catalogue catalogue) {
            return new Secretive(catalogue);
        }

        @Bean
        @CacheLoaderFor("products")
        Loader<String, String> loader() {
            return id -> id;
        }
    }

    private ApplicationContextRunner withCaching() {
        return application.withConfiguration(AutoConfigurations.of(SkeinCacheAutoConfiguration.class));
    }

    @Test
    void factoryBeans_areNotMadeBeforeTheirTime(CapturedOutput output) {
        withCaching().withUserConfiguration(Early.class).run(context -> {
            assertThat(context).hasNotFailed();
            var catalogue = context.getBean(Catalogue.class);

            assertThat(catalogue.find("b")).isEqualTo(catalogue.find("b"));
            assertThat(output).doesNotContain("not eligible for getting processed");
        });
    }

    @Test
    void everythingIsThere_inAnApplicationThatIsLazy() {
        withCaching()
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(Early.class)
                .withPropertyValues("skein.groups.reports.max-flights=1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    var registry = context.getBean(SkeinRegistry.class);
                    var catalogue = context.getBean(Catalogue.class);

                    assertThat(registry.cacheNames()).containsExactly("products");
                    assertThat(registry.groupNames()).containsExactly("reports");
                    assertThat(catalogue.find("b")).isEqualTo(catalogue.find("b"));
                });
    }

    // Registries

    static final class NoMaker implements SkeinRegistry.Maker {
        @Override
        public SkeinRegistry.Made<CoalescingCache<Object, Object>> cache(String name) {
            throw new IllegalStateException(name);
        }

        @Override
        public SkeinRegistry.Made<Group<Object, @Nullable Object>> group(String name) {
            var group = Group.<Object, @Nullable Object>create("mine: " + name);
            return new SkeinRegistry.Made<>(
                    new io.skein.spring.Managed<>(group, io.skein.spring.LoadGuard.NONE, Map.of()), true, () -> {});
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRegistry {
        @Bean
        SkeinRegistry mine() {
            return new SkeinRegistry(new NoMaker());
        }

        @Bean
        String nameOf(@Qualifier("reports") Group<String, String> reports) {
            return reports.name();
        }
    }

    @Test
    void aRegistryOfTheApplicationsOwn_isUsed_whateverItIsCalled() {
        application
                .withUserConfiguration(OwnRegistry.class)
                .withPropertyValues("skein.groups.reports.max-flights=1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("nameOf")).isEqualTo("mine: reports");
                });
    }

    @Test
    void cachesAndGroupsOfTheApplicationsOwn_areInTheRegistryFromTheStart() {
        var isAsked = new AtomicBoolean();
        application
                .withBean(
                        "mine",
                        CoalescingCache.class,
                        () -> CoalescingCache.builder("mine").build())
                .withBean("ours", Group.class, () -> Group.create("ours"))
                .withBean(
                        "lazy",
                        CoalescingCache.class,
                        () -> {
                            isAsked.set(true);
                            return CoalescingCache.builder("lazy").build();
                        },
                        definition -> definition.setLazyInit(true))
                .run(context -> {
                    var registry = context.getBean(SkeinRegistry.class);

                    assertThat(registry.cacheNames()).containsExactly("mine");
                    assertThat(registry.groupNames()).containsExactly("ours");
                    assertThat(isAsked).isFalse();
                });
    }

    // Child contexts

    @Configuration(proxyBeanMethods = false)
    static class Child {
        @Bean
        @CacheLoaderFor("childs")
        Loader<String, String> childsLoader() {
            return id -> "child's " + id;
        }

        @Bean
        Catalogue catalogueOfTheChild() {
            return new Catalogue();
        }
    }

    @Test
    void aChild_usesTheCachesOfItsParent_andHasItsOwnBesides() {
        application
                .withPropertyValues("skein.caches.products.ttl=1h")
                .run(parent -> application
                        .withParent(parent)
                        .withUserConfiguration(Child.class)
                        .withPropertyValues("skein.caches.childs.ttl=5s")
                        .run(child -> {
                            assertThat(child).hasNotFailed();
                            CoalescingCache<String, String> products =
                                    parent.getBean(SkeinRegistry.class).cache("products");
                            var registry = child.getBean(SkeinRegistry.class);
                            CoalescingCache<String, String> childs = registry.cache("childs");

                            assertThat(child.getBean("catalogueOfTheChild", Catalogue.class)
                                            .find("a"))
                                    .isEqualTo("a1");

                            assertThat(products.getIfPresent("a")).isEqualTo("a1");
                            assertThat((Object) registry.cache("products")).isSameAs(products);
                            assertThat(childs.get("a")).isEqualTo("child's a");
                            assertThat(registry.managedCache("childs").settings())
                                    .containsEntry("ttl", Duration.ofSeconds(5));
                            assertThat(child.getBean("childs")).isSameAs(childs);
                            assertThat(parent.getBean(SkeinRegistry.class).cacheNames())
                                    .containsExactly("products");
                        }));
    }

    // Properties

    @Test
    void environmentVariables_areProperties_andWhatIsNoPropertyThereDoesNoHarm() {
        var variables = Map.<String, Object>of(
                "SKEIN_CACHES_PRODUCTS_TTL", "7s",
                "SKEIN_CACHES_PRODUCTS_MAXIMUMSIZE", "70",
                "SKEIN_HOME", "anywhere");
        application
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(SkeinRegistry.class)
                                    .managedCache("products")
                                    .settings())
                            .containsEntry("ttl", Duration.ofSeconds(7))
                            .containsEntry("maximum-size", 70L);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.caches.userProfiles.ttl",
                "skein.caches.user-profiles.ttl",
                "skein.caches[userProfiles].ttl",
                "skein.caches[user_profiles].ttl",
                "skein.caches[User Profiles].ttl"
            })
    void aBadValue_isNamed_howeverTheCacheIsCalled(String property) {
        application
                .withPropertyValues(property + "=-5s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ttl must be positive")
                        .hasMessageContaining("PT-5S"));
    }

    @Test
    void anUnderscoreInAName_isKept() {
        application
                .withPropertyValues("skein.caches.user_profiles.ttl=5s")
                .run(context -> assertThat(context.getBean(SkeinRegistry.class).cacheNames())
                        .containsExactly("user_profiles"));
    }

    @Test
    void placeholdersAndLists_areResolved() {
        application
                .withPropertyValues(
                        "time=9s",
                        "skein.caches.products.error-ttl=${time}",
                        "skein.caches.products.ttl=${other-time:8s}",
                        "skein.caches.products.errors-to-remember[0]=java.io.IOException",
                        "skein.caches.products.errors-to-remember[1]=java.lang.RuntimeException")
                .run(context -> assertThat(context.getBean(SkeinRegistry.class)
                                .managedCache("products")
                                .settings())
                        .containsEntry("error-ttl", Duration.ofSeconds(9))
                        .containsEntry("ttl", Duration.ofSeconds(8)));
    }
}
