package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.skein.Loader;
import io.skein.cache.CoalescingCache;
import io.skein.spring.CacheLoaderFor;
import io.skein.spring.Coalesced;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What loads on other threads see of the caller that leads them. The registry of accessors is one for the JVM. */
class ContextPropagationTest {
    private static final ObservationRegistry OBSERVATIONS = ObservationRegistry.create();

    private final ContextRegistry accessors = ContextRegistry.getInstance();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
            .withUserConfiguration(Loads.class)
            .withPropertyValues(
                    "skein.defaults.load-timeout=1m",
                    "skein.defaults.executor=single",
                    "skein.caches.injected.ttl=1h",
                    "skein.caches.elsewhere.executor=single");

    /** What a load sees. */
    record Seen(String mdc, String user, Observation observation, boolean hasRequest, Thread thread) {
        static Seen now() {
            var authentication = SecurityContextHolder.getContext().getAuthentication();
            return new Seen(
                    MDC.get("trace"),
                    authentication == null ? null : authentication.getName(),
                    OBSERVATIONS.getCurrentObservation(),
                    RequestContextHolder.getRequestAttributes() != null,
                    Thread.currentThread());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Loads {
        @Bean(destroyMethod = "shutdown")
        Executor single() {
            return Executors.newSingleThreadExecutor();
        }

        @Bean
        @CacheLoaderFor("injected")
        Loader<String, Seen> loader() {
            return key -> Seen.now();
        }

        @Bean
        Service service() {
            return new Service();
        }
    }

    static class Service {
        @Coalesced("kept")
        public Seen kept(String key) {
            return Seen.now();
        }

        @Coalesced
        public Seen passing(String key) {
            return Seen.now();
        }
    }

    static Stream<BiFunction<ApplicationContext, String, Seen>> ways() {
        return Stream.of(
                (context, key) -> context.getBean(Service.class).kept(key),
                (context, key) -> context.getBean(Service.class).passing(key),
                ContextPropagationTest::injected);
    }

    @SuppressWarnings("unchecked")
    private static Seen injected(ApplicationContext context, String key) {
        return ((CoalescingCache<String, Seen>) context.getBean("injected", CoalescingCache.class)).get(key);
    }

    @BeforeEach
    @AfterEach
    void clear() {
        accessors.removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
        MDC.clear();
        SecurityContextHolder.clearContext();
        RequestContextHolder.resetRequestAttributes();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aLoadOnAnotherThread_seesWhatItsCallerCarries_andTheNextLoadOnThatThreadDoesNot(
            BiFunction<ApplicationContext, String, Seen> way) {
        application.run(context -> {
            MDC.put("trace", "t-1");
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "-"));
            var caller = Observation.start("caller", OBSERVATIONS);
            Seen first = caller.scoped(() -> way.apply(context, "first"));
            MDC.clear();
            SecurityContextHolder.clearContext();
            var second = way.apply(context, "second");

            assertThat(first.thread).isNotSameAs(Thread.currentThread()).isSameAs(second.thread);
            assertThat(first.mdc).isEqualTo("t-1");
            assertThat(first.user).isEqualTo("ada");
            assertThat(first.observation).isSameAs(caller);
            assertThat(second.mdc).isNull();
            assertThat(second.user).isNull();
            assertThat(second.observation).isNull();
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theRequestOfOneCaller_isNeverThatOfAnother(BiFunction<ApplicationContext, String, Seen> way) {
        // Threads of Skein's own, made by the first load.
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SkeinAutoConfiguration.class))
                .withUserConfiguration(Loads.class)
                .withPropertyValues("skein.defaults.load-timeout=1m")
                .run(context -> {
                    var attributes = new ServletRequestAttributes(new MockHttpServletRequest());
                    RequestContextHolder.setRequestAttributes(attributes, true); // new threads inherit it
                    var first = way.apply(context, "first");
                    RequestContextHolder.resetRequestAttributes();

                    var second = way.apply(context, "second");

                    assertThat(first.hasRequest).isFalse();
                    assertThat(second.hasRequest).isFalse();
                    assertThat(second.thread).isNotSameAs(Thread.currentThread());
                });
    }

    @Test
    void theMdc_staysBehind_ifItIsTo() {
        application.withPropertyValues("skein.propagate-mdc=false").run(context -> {
            MDC.put("trace", "t-1");
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "-"));

            var seen = injected(context, "key");

            assertThat(seen.mdc).isNull();
            assertThat(seen.user).isEqualTo("ada");
        });
    }

    @Test
    void anAccessorOfTheApplicationsOwn_isLeftAlone() {
        var own = new ThreadLocalAccessor<String>() {
            @Override
            public Object key() {
                return Slf4jThreadLocalAccessor.KEY;
            }

            @Override
            public String getValue() {
                return Objects.requireNonNullElse(MDC.get("trace"), "none");
            }

            @Override
            public void setValue(String value) {
                MDC.put("trace", value + " by my own");
            }

            @Override
            public void setValue() {
                MDC.remove("trace");
            }
        };
        accessors.registerThreadLocalAccessor(own);

        application.run(context -> {
            MDC.put("trace", "t-1");

            assertThat(injected(context, "key").mdc).isEqualTo("t-1 by my own");
            assertThat(accessors.getThreadLocalAccessors()).contains(own);
        });
    }

    @Test
    void severalApplications_registerOneAccessor() {
        application.run(context -> assertThat(context).hasNotFailed());
        application.run(context -> assertThat(accessors.getThreadLocalAccessors())
                .filteredOn(accessor -> accessor.key().equals(Slf4jThreadLocalAccessor.KEY))
                .hasSize(1));
    }
}
