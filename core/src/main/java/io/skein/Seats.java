package io.skein;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The seats of a {@link Flight}, those of threads and those of futures: two stacks that are only pushed to until the
 * flight lands. The seat of a caller that has left stays in its stack, empty, until a sweep.
 */
@SuppressWarnings("UnusedVariable") // fields used through handles
abstract class Seats {
    private static final VarHandle THREADS;
    private static final VarHandle FUTURES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            THREADS = lookup.findVarHandle(Seats.class, "threads", Seat.class);
            FUTURES = lookup.findVarHandle(Seats.class, "futures", Seat.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int SWEEP_AT = 32;

    private @Nullable Seat threads;
    private @Nullable Seat futures;
    private @Nullable Extras extras; // guarded by this

    /** What few flights need, kept apart so that the others stay small. */
    static final class Extras {
        /** How many callers of loadFresh wait for this flight to be gone. */
        int watchers;

        int emptySeats;

        /** Which load of the group this is; drawn only if somebody listens. */
        long number;

        boolean reportedStuck;

        /** Threads that work for the load without being in its loader. */
        List<Thread> attendants = List.of();

        /** What the load wants to be done if it times out. */
        @Nullable
        Function<? super LoadTimeoutException, ? extends Runnable> onTimeout;

        /** Whether the runner has been interrupted, to stop the load. */
        boolean interrupted;
    }

    /** To be called under the monitor, or before the flight is published. */
    Extras extras() {
        if (extras == null) {
            extras = new Extras();
        }
        return extras;
    }

    /** How many callers are aboard; watchers are not. */
    abstract int callers();

    /** The seat a thread has taken last; from there on {@code next} leads through all. */
    @Nullable
    Seat threads() {
        return (Seat) THREADS.getVolatile(this);
    }

    /** The seat a future has taken last. */
    @Nullable
    Seat futures() {
        return (Seat) FUTURES.getVolatile(this);
    }

    /** Takes a seat. Whoever does must then look for news, since who brings them may have looked for seats before. */
    void sit(Seat seat) {
        var stack = seat.future() == null ? THREADS : FUTURES;
        Seat first;
        do {
            first = (Seat) stack.getVolatile(this);
            seat.next = first;
        } while (!stack.compareAndSet(this, first, seat));
    }

    /**
     * Wakes the threads of a flight that has landed. Every thread that was woken does the same before it returns: to
     * wake many takes longer than all else, and so all processors take part.
     */
    void wakeThreads() {
        for (var seat = threads(); seat != null; seat = threads()) {
            if (THREADS.compareAndSet(this, seat, seat.next)) {
                seat.unpark();
            }
        }
    }

    /** Takes the futures out of a flight that has landed. */
    @Nullable
    Seat takeFutures() {
        return futures() == null ? null : (Seat) FUTURES.getAndSet(this, null);
    }

    /** Counts a caller of loadFresh that waits for this flight to be gone. False if there are too many. */
    synchronized boolean watch(int most) {
        if (extras().watchers >= most) {
            return false;
        }
        extras().watchers++;
        return true;
    }

    synchronized void unwatch(Seat seat) {
        extras().watchers--;
        empty(seat);
    }

    /** Whoever sat there has left. A sweep now and then keeps the empty seats fewer than the taken ones. */
    synchronized void empty(Seat seat) {
        seat.caller = null;
        if (++extras().emptySeats > Math.max(SWEEP_AT, callers() + extras().watchers)) {
            extras().emptySeats = 0;
            sweep(threads());
            sweep(futures());
        }
    }

    /**
     * Unlinks the empty seats below the top. Others may walk the stack meanwhile: taken seats stay reachable for them.
     */
    private static void sweep(@Nullable Seat top) {
        for (var seat = top; seat != null; seat = seat.next) {
            var next = seat.next;
            while (next != null && next.caller == null) {
                next = next.next;
            }
            seat.next = next;
        }
    }
}
