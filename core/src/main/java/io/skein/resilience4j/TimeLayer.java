package io.skein.resilience4j;

import io.github.resilience4j.timelimiter.TimeLimiter;
import io.skein.internal.LoadThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** No attempt is waited for longer than the time limiter allows. */
record TimeLayer(TimeLimiter limiter) implements Layer {

    @Override
    public <T extends @Nullable Object> Callable<T> blocking(Callable<T> load, LoadRun run) {
        return () -> {
            var timed = new TimedLoad<T>(load, run.flight());
            try {
                return limiter.executeFutureSupplier(() -> {
                    run.execute(timed, timed::fail);
                    return timed;
                });
            } catch (InterruptedException e) { // which the limiter lets pass, and leaves the load running
                timed.cancel(true);
                throw e;
            } finally {
                timed.unattended();
            }
        };
    }

    /**
     * Not Resilience4j's own: that completes the future it is given, ignores {@code cancelRunningFuture}, and leaves its
     * timer running after a failure.
     */
    @Override
    public <T extends @Nullable Object> AsyncCall<T> async(AsyncCall<T> load, LoadRun run) {
        return () -> {
            var inner = load.start();
            var promise = new Promise<T>();
            long millis = limiter.getTimeLimiterConfig().getTimeoutDuration().toMillis();
            Future<?> timer;
            try {
                timer = Timers.after(millis, TimeUnit.MILLISECONDS, () -> elsewhere(() -> timeIsOver(promise, inner)));
            } catch (Throwable e) { // no thread to be had
                inner.cancel(true);
                return Promise.failed(e);
            }
            promise.follow(inner, new InTime(timer), run);
            return promise;
        };
    }

    /** Not on the executor, which may be busy: a time limit that has to wait for a thread of it would be none. */
    private static void elsewhere(Runnable task) {
        try {
            LoadThreads.shared().execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError e) { // no thread to be had
            task.run();
        }
    }

    private void timeIsOver(Promise<?> promise, Promise<?> inner) {
        if (!promise.claim()) {
            return;
        }
        var failure = TimeLimiter.createdTimeoutExceptionWithName(limiter.getName(), null);
        limiter.onError(failure);
        if (limiter.getTimeLimiterConfig().shouldCancelRunningFuture()) {
            inner.cancel(true); // first, so that the next attempt finds the permits given back
        }
        promise.completeExceptionally(failure);
    }

    private final class InTime implements Ending<@Nullable Object> {
        private final Future<?> timer;

        InTime(Future<?> timer) {
            this.timer = timer;
        }

        @Override
        public void succeeded(@Nullable Object value) {
            timer.cancel(false);
            limiter.onSuccess();
        }

        @Override
        public void failed(Throwable failure) {
            timer.cancel(false);
            limiter.onError(failure);
        }

        @Override
        public void cancelled() {
            timer.cancel(false);
        }
    }

    @Override
    public String toString() {
        return "TimeLimiter '" + limiter.getName() + "'";
    }
}
