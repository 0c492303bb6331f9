package io.skein.spring.autoconfigure;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Run by {@link StandaloneTest} in a class loader that lacks libraries; so it may use no type of theirs. */
public final class BareApplication implements Callable<String> {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Everything {
        @Bean
        Service service() {
            return new Service();
        }
    }

    static class Service {
        private int calls;

        @Coalesced("products")
        public String find(long id) {
            calls++;
            return "call " + calls;
        }

        @Coalesced(group = "reports")
        public CompletableFuture<String> report(String day) {
            return CompletableFuture.completedFuture(day);
        }
    }

    @Override
    public String call() {
        var application = new SpringApplication(Everything.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (var context = application.run(
                "--spring.main.banner-mode=off",
                "--skein.caches.products.ttl=1h",
                "--skein.groups.reports.load-timeout=1m")) {
            var service = context.getBean(Service.class);
            var answers = service.find(42) + ", " + service.find(42) + ", "
                    + service.report("monday").join();
            var products = context.getBean("products", CoalescingCache.class);
            return answers + ", " + products.keys() + ", "
                    + context.getBean(SkeinRegistry.class).groupNames();
        }
    }
}
