package io.skein.resilience4j;

import io.skein.internal.Work;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The next step of a load that does not block: on the executor, after a time in which it has no thread. When the promise
 * is cancelled it is stopped wherever it is: on its timer, before the executor gets to it, or while it runs.
 */
final class Later {
    /** What is to be done; it sets a brake of its own on the promise. */
    @FunctionalInterface
    interface Step {
        void take() throws Exception;
    }

    private final Promise<?> promise;
    private final LoadRun run;
    private final Step step;
    private final Work work = new Work();
    private volatile boolean stopped;
    private volatile @Nullable Future<?> timer;

    private Later(Promise<?> promise, LoadRun run, Step step) {
        this.promise = promise;
        this.run = run;
        this.step = step;
    }

    /** If the step fails, or the executor takes no more, so does the promise. */
    static void take(long time, TimeUnit unit, Promise<?> promise, LoadRun run, Step step) {
        var later = new Later(promise, run, step);
        promise.onCancel(later::stop); // before the step can set its own
        if (time > 0) {
            later.setTimer(time, unit);
        } else {
            later.dispatch();
        }
    }

    private void setTimer(long time, TimeUnit unit) {
        Future<?> newTimer;
        try {
            newTimer = Timers.after(time, unit, this::dispatch);
        } catch (Throwable e) { // no thread to be had
            promise.abort(e);
            return;
        }
        timer = newTimer;
        if (stopped) { // stop() may have found no timer
            newTimer.cancel(false);
        }
    }

    private void dispatch() {
        if (stopped) {
            return;
        }
        try {
            run.execute(this::run, promise::abort);
        } catch (Throwable e) {
            promise.abort(e);
        }
    }

    private void run() {
        try {
            if (work.begin()) {
                step.take();
            }
        } catch (Throwable e) {
            promise.abort(e);
        } finally {
            work.end();
        }
    }

    private void stop() {
        stopped = true;
        var set = timer;
        if (set != null) {
            set.cancel(false);
        }
        work.interrupt();
    }
}
