package io.skein.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Attempts are made while the breaker permits, and what becomes of them is told to it.
 *
 * <p>Resilience4j's own decorators are not for this: an {@code Error} is not recorded by them and keeps its permit, of
 * which a half-open breaker has few and gets no more; and an attempt that was cancelled is recorded as a failure.
 */
record BreakerLayer(CircuitBreaker breaker) implements Layer {

    @Override
    public <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run) {
        return () -> {
            var permit = acquire();
            T value;
            try {
                value = load.call();
            } catch (Throwable e) {
                Promise.tell(permit, e, run.isGivenUp(e));
                throw e;
            }
            permit.succeeded(value);
            return value;
        };
    }

    @Override
    public <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run) {
        return () -> {
            Permit permit;
            try {
                permit = acquire();
            } catch (Throwable e) {
                return Promise.failed(e);
            }
            var promise = new Promise<T>();
            promise.follow(load, permit, run);
            return promise;
        };
    }

    private Permit acquire() {
        long start = breaker.getCurrentTimestamp(); // a function of the user's: before there is a permit to lose
        breaker.acquirePermission();
        return new Permit(start);
    }

    private final class Permit implements Ending<@Nullable Object> {
        private final long start;

        Permit(long start) {
            this.start = start;
        }

        @Override
        public void succeeded(@Nullable Object value) {
            record(() -> breaker.onResult(duration(), breaker.getTimestampUnit(), value));
        }

        @Override
        public void failed(Throwable failure) {
            record(() -> breaker.onError(duration(), breaker.getTimestampUnit(), failure));
        }

        @Override
        public void cancelled() {
            breaker.releasePermission();
        }

        private long duration() {
            return breaker.getCurrentTimestamp() - start;
        }

        private void record(Runnable outcome) {
            try {
                outcome.run();
            } catch (RuntimeException | Error e) { // of a predicate of the user's: nothing has been recorded
                breaker.releasePermission();
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return "CircuitBreaker '" + breaker.getName() + "'";
    }
}
