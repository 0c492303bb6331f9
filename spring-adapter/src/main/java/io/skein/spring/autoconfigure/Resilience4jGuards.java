package io.skein.spring.autoconfigure;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Loader;
import io.skein.cache.ContextLoader;
import io.skein.resilience4j.Guard;
import io.skein.resilience4j.GuardBuilder;
import io.skein.spring.LoadGuard;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/** Guards of Resilience4j's instances, looked up by name in the registries of the application. */
final class Resilience4jGuards implements Guards {
    private final ListableBeanFactory beans;

    Resilience4jGuards(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public LoadGuard of(Sheet<? extends FlightProperties> sheet) {
        var any = new boolean[1];
        var builder = Guard.builder();
        for (var module : Module.values()) {
            sheet.apply(module.setting, module.getter, (String name) -> {
                any[0] = true;
                module.add(sheet, name, beans, builder);
            });
        }
        return any[0] ? new Guarded(builder.build()) : LoadGuard.NONE;
    }

    /** Resilience4j's modules. What a constant does is in a class of its own, loaded only where the module is. */
    private enum Module {
        CIRCUIT_BREAKER(
                "circuit-breaker",
                "io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry",
                FlightProperties::getCircuitBreaker) {
            @Override
            void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
                var registry = registry(sheet, beans, CircuitBreakerRegistry.class);
                add(
                        sheet,
                        name,
                        registry.find(name),
                        registry.getAllCircuitBreakers(),
                        breaker -> breaker.getName(),
                        builder::circuitBreaker);
            }
        },
        RETRY("retry", "io.github.resilience4j.retry.RetryRegistry", FlightProperties::getRetry) {
            @Override
            void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
                var registry = registry(sheet, beans, RetryRegistry.class);
                add(
                        sheet,
                        name,
                        registry.find(name),
                        registry.getAllRetries(),
                        retry -> retry.getName(),
                        builder::retry);
            }
        },
        RATE_LIMITER(
                "rate-limiter",
                "io.github.resilience4j.ratelimiter.RateLimiterRegistry",
                FlightProperties::getRateLimiter) {
            @Override
            void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
                var registry = registry(sheet, beans, RateLimiterRegistry.class);
                add(
                        sheet,
                        name,
                        registry.find(name),
                        registry.getAllRateLimiters(),
                        limiter -> limiter.getName(),
                        builder::rateLimiter);
            }
        },
        TIME_LIMITER(
                "time-limiter",
                "io.github.resilience4j.timelimiter.TimeLimiterRegistry",
                FlightProperties::getTimeLimiter) {
            @Override
            void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
                var registry = registry(sheet, beans, TimeLimiterRegistry.class);
                add(
                        sheet,
                        name,
                        registry.find(name),
                        registry.getAllTimeLimiters(),
                        limiter -> limiter.getName(),
                        builder::timeLimiter);
            }
        },
        BULKHEAD("bulkhead", "io.github.resilience4j.bulkhead.BulkheadRegistry", FlightProperties::getBulkhead) {
            @Override
            void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
                var registry = registry(sheet, beans, BulkheadRegistry.class);
                add(
                        sheet,
                        name,
                        registry.find(name),
                        registry.getAllBulkheads(),
                        bulkhead -> bulkhead.getName(),
                        builder::bulkhead);
            }
        };

        private final String setting;
        private final String registryName;

        @SuppressWarnings("ImmutableEnumChecker") // a method reference
        private final Function<FlightProperties, @Nullable String> getter;

        Module(String setting, String registryName, Function<FlightProperties, @Nullable String> getter) {
            this.setting = setting;
            this.registryName = registryName;
            this.getter = getter;
        }

        abstract void addPresent(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder);

        void add(Sheet<?> sheet, String name, ListableBeanFactory beans, GuardBuilder builder) {
            if (!Libraries.arePresent(registryName)) {
                throw sheet.invalid(
                        setting,
                        registryName + " is not on the class path",
                        "Add Resilience4j's starter, or leave the property out.",
                        null);
            }
            addPresent(sheet, name, beans, builder);
        }

        <R> R registry(Sheet<?> sheet, ListableBeanFactory beans, Class<R> type) {
            R registry = beans.getBeanProvider(type).getIfAvailable();
            if (registry == null) {
                throw sheet.invalid(
                        setting,
                        "there is no " + type.getSimpleName() + " bean",
                        "Add Resilience4j's starter, or define one.",
                        null);
            }
            return registry;
        }

        <T> void add(
                Sheet<?> sheet,
                String name,
                Optional<T> found,
                Collection<T> all,
                Function<T, String> nameOf,
                Consumer<T> builder) {
            builder.accept(found.orElseThrow(() -> sheet.invalid(
                    setting,
                    "there is no " + setting.replace('-', ' ') + " of this name",
                    Suggestion.sentence(name, all.stream().map(nameOf).toList(), setting.replace('-', ' ')),
                    null)));
        }
    }

    private record Guarded(Guard guard) implements LoadGuard {
        @Override
        public <K, V extends @Nullable Object> Loader<K, V> loader(Loader<K, V> loader) {
            return guard.loader(loader);
        }

        @Override
        public <K, V extends @Nullable Object> AsyncLoader<K, V> asyncLoader(AsyncLoader<K, V> loader) {
            return guard.asyncLoader(loader);
        }

        @Override
        public <K, V> BulkLoader<K, V> bulkLoader(BulkLoader<K, V> loader) {
            return guard.bulkLoader(loader);
        }

        @Override
        public <K, V> ContextLoader<K, V> contextLoader(ContextLoader<K, V> loader) {
            return guard.contextLoader(loader);
        }
    }
}
