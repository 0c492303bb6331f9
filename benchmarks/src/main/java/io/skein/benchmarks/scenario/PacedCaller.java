package io.skein.benchmarks.scenario;

import io.skein.benchmarks.report.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that makes the same call every half millisecond, and notes how long it took. */
final class PacedCaller {
    private static final long PACE = 500_000;

    private final Runnable call;
    private final Runnable afterwards;
    private final List<Wait> waits = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private @Nullable Thread thread;

    /**
     * One call.
     *
     * @param at when it was due, by the clock of the JVM
     */
    record Wait(long at, double nanos) {}

    /** @param afterwards is done after each call, and not measured */
    PacedCaller(Runnable call, Runnable afterwards) {
        this.call = call;
        this.afterwards = afterwards;
    }

    void start(AtomicBoolean stop) {
        thread = new Thread(() -> run(stop), "caller");
        thread.start();
    }

    private void run(AtomicBoolean stop) {
        try {
            do {
                long start = System.nanoTime();
                call.run();
                note(start, System.nanoTime() - start);
                afterwards.run();
                LockSupport.parkNanos(PACE);
            } while (!stop.get());
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    /** A call that is held up holds up those that were due meanwhile: they count with what they would have waited. */
    private void note(long start, long nanos) {
        for (long late = 0; late < nanos; late += PACE) {
            waits.add(new Wait(start + late, nanos - late));
        }
    }

    /** Waits for the thread to end. */
    List<Wait> waits() {
        if (thread == null) {
            throw new IllegalStateException("not started");
        }
        Patience.join(thread, "a caller to end");
        if (failure.get() != null) {
            throw new IllegalStateException("a caller failed", failure.get());
        }
        return waits;
    }

    /** Waits for the thread to end. */
    double percentile(double share) {
        return new Series(waits().stream().map(Wait::nanos).toList()).quantile(share);
    }
}
