package io.skein.resilience4j;

import io.skein.Flight;
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
    private final Attendance attendance;

    /** @param flight is told which thread works for it, as long as that is waited for */
    TimedLoad(Callable<T> load, @Nullable Flight<?, ?> flight) {
        this(load, new Work(), new Attendance(flight));
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
        private final @Nullable Flight<?, ?> flight;
        private @Nullable Thread thread; // guarded by this
        private boolean ended; // guarded by this

        Attendance(@Nullable Flight<?, ?> flight) {
            this.flight = flight;
        }

        synchronized void begin() {
            if (!ended && flight != null) {
                thread = Thread.currentThread();
                flight.attendedBy(thread);
            }
        }

        synchronized void end() {
            ended = true;
            if (flight != null && thread != null) {
                flight.unattendedBy(thread);
                thread = null;
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
