package io.skein.spring.actuate;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** Always up, with what is stuck as a detail: for Spring Boot 3. */
public final class Boot3Health extends AbstractHealthIndicator {
    private final StuckFlights stuck;

    /** Of these. */
    public Boot3Health(StuckFlights stuck) {
        this.stuck = stuck;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("stuck", stuck.count());
    }
}
