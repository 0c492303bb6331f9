package io.skein.spring.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Always up, with what is stuck as a detail: for Spring Boot 4. */
public final class Boot4Health extends AbstractHealthIndicator {
    private final StuckFlights stuck;

    /** Of these. */
    public Boot4Health(StuckFlights stuck) {
        this.stuck = stuck;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("stuck", stuck.count());
    }
}
