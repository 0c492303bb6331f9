package io.skein.resilience4j;

import io.skein.internal.Work;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blocking load on another thread than the one that waits for it. Unlike that of any {@code FutureTask}, its interrupt
 * is over when the load is: it does not hit what the thread does next.
 */
final class TimedLoad<T extends @Nullable Object> extends FutureTask<T> {
    private final Work work;
    private final Attendance attendance;

    /** @param attendant is told which thread works for the load, as long as it is waited for */
    TimedLoad(Callable<T> load, Consumer<? super @Nullable Thread> attendant) {
        this(load, new Work(), new Attendance(attendant));
    }

    private TimedLoad(Callable<T> load, Work work, Attendance attendance) {
        super(() -> {
            try {
                if (!work.begin()) {
                    throw new CancellationException(); // seen by nobody
                }
                attendance.begin();
                return load.call();
            } finally {
                attendance.end();
                work.end();
            }
        });
        this.work = work;
        this.attendance = attendance;
    }

    /** Once it has ended, nothing is told any more: the next attempt may have begun, or another load of the flight. */
    private static final class Attendance {
        private final Consumer<? super @Nullable Thread> attendant;
        private boolean ended; // guarded by this

        Attendance(Consumer<? super @Nullable Thread> attendant) {
            this.attendant = attendant;
        }

        synchronized void begin() {
            if (!ended) {
                attendant.accept(Thread.currentThread());
            }
        }

        synchronized void end() {
            if (!ended) {
                ended = true;
                attendant.accept(null);
            }
        }
    }

    /** Nobody waits for it any more, whether it has ended or not. */
    void unattended() {
        attendance.end();
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
