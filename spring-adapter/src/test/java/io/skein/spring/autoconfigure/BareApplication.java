package io.skein.spring.autoconfigure;

import io.skein.cache.CoalescingCache;
import io.skein.spring.Coalesced;
import io.skein.spring.SkeinRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
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

        @Coalesced(group = "exports")
        public InputStream export(String month) {
            return new ByteArrayInputStream(month.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public String call() throws IOException {
        var application = new SpringApplication(Everything.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (var context = application.run(
                "--spring.main.banner-mode=off",
                "--skein.caches.products.ttl=1h",
                "--skein.groups.reports.load-timeout=1m")) {
            var service = context.getBean(Service.class);
            var answers = service.find(42) + ", " + service.find(42) + ", "
                    + service.report("monday").join() + ", "
                    + new String(service.export("may").readAllBytes(), StandardCharsets.UTF_8);
            var products = context.getBean("products", CoalescingCache.class);
            return answers + ", " + products.keys() + ", "
                    + context.getBean(SkeinRegistry.class).groupNames();
        }
    }

    /** What it says that it does not start for. */
    public static final class WithPublisher implements Callable<String> {
        @Configuration(proxyBeanMethods = false)
        @EnableAutoConfiguration
        static class Everything {
            @Bean
            Publishing publishing() {
                return new Publishing();
            }
        }

        static class Publishing {
            @Coalesced
            public Flow.Publisher<String> lines() {
                return subscriber -> {};
            }
        }

        @Override
        public String call() {
            var application = new SpringApplication(Everything.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            try (var context = application.run("--spring.main.banner-mode=off", "--logging.level.root=off")) {
                return "started: " + context;
            } catch (RuntimeException e) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                return String.valueOf(cause.getMessage());
            }
        }
    }
}
