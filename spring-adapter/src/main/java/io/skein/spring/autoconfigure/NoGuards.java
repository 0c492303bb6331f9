package io.skein.spring.autoconfigure;

import io.skein.spring.LoadGuard;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where Resilience4j is not on the class path: complains of properties that name something of it. */
final class NoGuards implements Guards {
    private static final Map<String, Function<FlightProperties, @Nullable String>> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("circuit-breaker", FlightProperties::getCircuitBreaker);
        NAMES.put("retry", FlightProperties::getRetry);
        NAMES.put("rate-limiter", FlightProperties::getRateLimiter);
        NAMES.put("time-limiter", FlightProperties::getTimeLimiter);
        NAMES.put("bulkhead", FlightProperties::getBulkhead);
    }

    @Override
    public LoadGuard of(Sheet<? extends FlightProperties> sheet) {
        NAMES.forEach((setting, getter) -> sheet.apply(setting, getter, name -> {
            throw sheet.invalid(
                    setting,
                    "Resilience4j is not on the class path",
                    "Add Resilience4j's starter, or leave the property out.",
                    null);
        }));
        return LoadGuard.NONE;
    }
}
