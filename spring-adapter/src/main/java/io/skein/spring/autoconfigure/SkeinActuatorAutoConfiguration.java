package io.skein.spring.autoconfigure;

import io.skein.spring.SkeinRegistry;
import io.skein.spring.actuate.AloneCaches;
import io.skein.spring.actuate.Boot3Health;
import io.skein.spring.actuate.Boot4Health;
import io.skein.spring.actuate.SkeinEndpoint;
import io.skein.spring.actuate.StuckFlights;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoint {@code skein}, and the health indicator {@code skein}. */
@AutoConfiguration(after = SkeinAutoConfiguration.class)
public final class SkeinActuatorAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(SkeinEndpoint.class)
    @RegisterReflectionForBinding({
        // What is answered; the signatures of the endpoint do not tell.
        SkeinEndpoint.Everything.class,
        SkeinEndpoint.Invalidation.class,
        SkeinEndpoint.Complaint.class
    })
    static class Endpoints {
        @Bean
        @ConditionalOnMissingBean
        SkeinEndpoint skeinEndpoint(SkeinRegistry registry, SkeinProperties properties) {
            return new SkeinEndpoint(registry, properties.getEndpoint().isShowKeys());
        }
    }

    // The types of health stand elsewhere in each line of Boot: a class for each.

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    @ConditionalOnBooleanProperty(name = "management.health.skein.enabled", matchIfMissing = true)
    static class OnBoot3 {
        @Bean
        Boot3Health skeinHealthIndicator(SkeinRegistry registry) {
            return new Boot3Health(new StuckFlights(registry), new AloneCaches(registry));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    @ConditionalOnBooleanProperty(name = "management.health.skein.enabled", matchIfMissing = true)
    static class OnBoot4 {
        @Bean
        Boot4Health skeinHealthIndicator(SkeinRegistry registry) {
            return new Boot4Health(new StuckFlights(registry), new AloneCaches(registry));
        }
    }
}
