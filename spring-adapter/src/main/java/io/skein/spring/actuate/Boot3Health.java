package io.skein.spring.actuate;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** Always up, with what is stuck, and which caches are alone, as details: for Spring Boot 3. */
public final class Boot3Health extends AbstractHealthIndicator {
    private final StuckFlights stuck;
    private final AloneCaches alone;

    /** Of these. */
    public Boot3Health(StuckFlights stuck, AloneCaches alone) {
        this.stuck = stuck;
        this.alone = alone;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up().withDetail("stuck", stuck.count());
        alone.names().ifPresent(names -> builder.withDetail("alone", names));
    }
}
