package io.skein.resilience4j;

import io.skein.internal.Work;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A blocking load on another thread than the one that waits for it. Unlike that of any {@code FutureTask}, its interrupt
 * is over when the load is: it does not hit what the thread does next.
 */
final class TimedLoad<T extends @Nullable Object> extends FutureTask<T> {
    private final Work work;

    TimedLoad(Callable<T> load) {
        this(load, new Work());
    }

    private TimedLoad(Callable<T> load, Work work) {
        super(() -> {
            try {
                if (!work.begin()) {
                    throw new CancellationException(); // seen by nobody
                }
                return load.call();
            } finally {
                work.end();
            }
        });
        this.work = work;
    }

    /** It cannot be run. */
    void fail(Throwable failure) {
        setException(failure); // unless it has ended
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(false); // first, so that the load's answer to the interrupt is no outcome
        if (mayInterruptIfRunning) {
            work.interrupt();
        }
        return cancelled;
    }
}
