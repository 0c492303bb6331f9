package io.skein.resilience4j;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** As many attempts in a period as the rate limiter permits. It takes its permits for good: nothing is given back. */
record RateLayer(RateLimiter limiter) implements Layer {

    @Override
    public <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run) {
        return RateLimiter.decorateCallable(limiter, load); // holds nothing that an Error or an interrupt could leak
    }

    /** Not Resilience4j's own: that keeps the calling thread until it has its permit. */
    @Override
    public <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run) {
        return () -> {
            long wait;
            try {
                wait = limiter.reservePermission();
            } catch (Throwable e) {
                return Promise.failed(e);
            }
            if (wait < 0) {
                return Promise.failed(RequestNotPermitted.createRequestNotPermitted(limiter));
            }
            var promise = new Promise<T>();
            if (wait == 0) {
                promise.follow(load, new Answer(), run);
            } else {
                Later.take(wait, TimeUnit.NANOSECONDS, promise, run, () -> promise.follow(load, new Answer(), run));
            }
            return promise;
        };
    }

    /** The limiter may drain its permits for it. */
    private final class Answer implements Ending<@Nullable Object> {
        @Override
        public void succeeded(@Nullable Object value) {
            limiter.onResult(value);
        }

        @Override
        public void failed(Throwable failure) {
            limiter.onError(failure);
        }

        @Override
        public void cancelled() {}
    }

    @Override
    public String toString() {
        return "RateLimiter '" + limiter.getName() + "'";
    }
}
