package io.skein.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.skein.spring.Callers;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import io.skein.spring.WebApplication;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ObservationsTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(SkeinAutoConfiguration.class, SkeinMicrometerAutoConfiguration.class))
            .withUserConfiguration(Observed.class);

    /** Keeps what was observed. */
    static final class Log implements ObservationHandler<Observation.Context> {
        final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStop(Observation.Context context) {
            stopped.add(context);
        }

        List<Observation.Context> loads() {
            return stopped.stream()
                    .filter(context -> context.getName().equals("skein.load"))
                    .toList();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Observed {
        @Bean
        Log log() {
            return new Log();
        }

        @Bean
        ObservationRegistry observationRegistry(Log log) {
            var registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(log);
            return registry;
        }

        @Bean
        Catalogue catalogue() {
            return new Catalogue();
        }
    }

    /** Without a registry of its own: Boot's is used. */
    @Configuration(proxyBeanMethods = false)
    static class Handled {
        @Bean
        Log log() {
            return new Log();
        }

        @Bean
        Catalogue catalogue() {
            return new Catalogue();
        }
    }

    static class Catalogue {
        @Coalesced("products")
        public String find(String key) {
            if (key.equals("bad")) {
                throw new IllegalStateException("as planned");
            }
            return "value";
        }

        @Coalesced(group = "products")
        public String around(String key, Catalogue self) {
            return self.find(key) + " around";
        }
    }

    @Test
    void eachLoad_isObservedOnce_withoutItsKey() {
        application.run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            var log = context.getBean(Log.class);

            catalogue.find("confidential");
            catalogue.find("confidential");

            assertThat(log.loads()).hasSize(1);
            var load = log.loads().get(0);
            assertThat(load.getLowCardinalityKeyValues())
                    .contains(KeyValue.of("skein.group", "products"), KeyValue.of("skein.outcome", "success"));
            assertThat(load.toString()).doesNotContain("confidential");
        });
    }

    @Test
    void aFailure_isObserved() {
        application.run(context -> {
            var catalogue = context.getBean(Catalogue.class);
            assertThatThrownBy(() -> catalogue.find("bad")).hasMessage("as planned");

            var load = context.getBean(Log.class).loads().get(0);

            assertThat(load.getError()).hasMessage("as planned");
            assertThat(load.getLowCardinalityKeyValues()).contains(KeyValue.of("skein.outcome", "failure"));
        });
    }

    @Test
    void aLoadOnAThreadOfTheExecutor_isAChildOfWhatItsCallerObserves() {
        application.withPropertyValues("skein.caches.products.load-timeout=1m").run(context -> {
            var registry = context.getBean(ObservationRegistry.class);
            var caller = Observation.start("caller", registry);

            caller.scoped(() -> context.getBean(Catalogue.class).find("key"));
            caller.stop();

            // The executor's thread tells of the landing, when its caller is on its way already.
            Callers.awaitTrue(() -> context.getBean(Log.class).loads().size() == 1);
            var load = context.getBean(Log.class).loads().get(0);
            assertThat(load.getParentObservation()).isSameAs(caller);
        });
    }

    @Test
    void aCacheAndAGroupOfOneName_areNotTakenForEachOther() {
        application.run(context -> {
            var catalogue = context.getBean(Catalogue.class);

            assertThat(catalogue.around("key", catalogue)).isEqualTo("value around");

            var loads = context.getBean(Log.class).loads();
            assertThat(loads).hasSize(2);
            var inner = loads.get(0);
            var outer = loads.get(1);
            assertThat(inner.getParentObservation().getContextView()).isSameAs(outer);
            assertThat(outer.getParentObservation()).isNull();
        });
    }

    @Test
    void theKey_isTold_ifItIsToBe() {
        application.withPropertyValues("skein.observations.with-keys=true").run(context -> {
            context.getBean(Catalogue.class).find("evil\n");

            assertThat(context.getBean(Log.class).loads().get(0).getHighCardinalityKeyValues())
                    .contains(KeyValue.of("skein.key", "'evil\\u000a'"));
        });
    }

    @Test
    void observations_canBeSwitchedOff() {
        application.withPropertyValues("skein.observations.enabled=false").run(context -> {
            context.getBean(Catalogue.class).find("key");

            assertThat(context).doesNotHaveBean("skeinObservations");
            assertThat(context.getBean(Log.class).loads()).isEmpty();
        });
    }

    @Test
    void withTheRegistryOfBootItself_loadsAreObserved() {
        try (var booted = WebApplication.start(Handled.class)) {
            booted.bean(Catalogue.class).find("key");
            booted.bean(SkeinRegistry.class).<String, String>group("reports").load("key", key -> "value");

            assertThat(booted.bean(Log.class).loads())
                    .extracting(load ->
                            load.getLowCardinalityKeyValue("skein.group").getValue())
                    .containsExactly("products", "reports");
        }
    }
}
