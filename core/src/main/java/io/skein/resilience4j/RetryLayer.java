package io.skein.resilience4j;

import io.github.resilience4j.retry.Retry;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Attempts are made until one succeeds or the retry says that it is enough. A load that was given up is not tried again,
 * nor, as with Resilience4j's own decorators, one that failed with an {@code Error}.
 */
record RetryLayer(Retry retry) implements Layer {

    /** Not Resilience4j's own decorator: that tries again after an {@link InterruptedException}, for nobody. */
    @Override
    public <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run) {
        return () -> {
            Retry.Context<T> context = retry.context();
            while (true) {
                T value;
                try {
                    value = load.call();
                } catch (Exception e) {
                    if (run.isGivenUp(e)) {
                        throw e;
                    }
                    waitAfter(e, context);
                    continue;
                }
                if (run.isCancelled() || !context.onResult(value)) {
                    context.onComplete();
                    return value;
                }
            }
        };
    }

    /** If it is interrupted it throws the failure and leaves the flag set, which hands the load over as well (G7). */
    private static void waitAfter(Exception failure, Retry.Context<?> context) throws Exception {
        try {
            context.onError(failure);
        } catch (Throwable e) {
            if (e != failure) {
                Promise.complain(e);
            }
            throw failure;
        }
    }

    /** Not Resilience4j's own: cancelling what that returns stops neither the load nor the next attempt. */
    @Override
    public <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run) {
        return () -> {
            var attempts = new Attempts<T>(load, run, retry.asyncContext());
            attempts.next();
            return attempts.promise;
        };
    }

    private static final class Attempts<T extends @Nullable Object> {
        private final AsyncCall<T> load;
        private final LoadRun run;
        private final Retry.AsyncContext<T> context;
        private final Promise<T> promise = new Promise<>();

        Attempts(AsyncCall<T> load, LoadRun run, Retry.AsyncContext<T> context) {
            this.load = load;
            this.run = run;
            this.context = context;
        }

        void next() throws Exception {
            var attempt = load.start();
            promise.onCancel(() -> attempt.cancel(true));
            var unused = attempt.whenComplete((value, failure) -> {
                if (promise.isOver()) {
                    return; // cancelled, and the attempt with it
                }
                if (failure == null) {
                    succeeded(value);
                } else {
                    failed(failure);
                }
            });
        }

        private void succeeded(T value) {
            long wait;
            try {
                wait = run.isCancelled() ? -1 : context.onResult(value);
                if (wait < 0) {
                    context.onComplete();
                }
            } catch (Throwable e) { // too many retries, or of a predicate that does not like the value
                promise.fail(e);
                return;
            }
            if (wait < 0) {
                promise.succeed(value);
            } else {
                nextAfter(wait);
            }
        }

        private void failed(Throwable failure) {
            long wait = -1;
            if (failure instanceof Exception && !run.isCancelled()) {
                try {
                    wait = context.onError(failure);
                } catch (Throwable e) {
                    Promise.complain(e);
                }
            }
            if (wait < 0) {
                promise.fail(failure);
            } else {
                nextAfter(wait);
            }
        }

        private void nextAfter(long millis) {
            Later.take(millis, TimeUnit.MILLISECONDS, promise, run, this::next);
        }
    }

    @Override
    public String toString() {
        return "Retry '" + retry.getName() + "'";
    }
}
