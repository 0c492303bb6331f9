package io.skein;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a caller waits: for the outcome of the flight it is aboard, or (a watcher, of {@code loadFresh}) for a flight
 * it is not aboard to be gone. Seats form the stack of those to be woken.
 */
final class Seat implements ForkJoinPool.ManagedBlocker, Waiting {
    private final Flight<?, ?> flight;
    private final Clock clock;
    private final boolean watching;
    private final boolean ownTimeout;
    private final long deadline;

    /** The thread or the {@link CallerFuture} that waits here; null once it has left. */
    volatile @Nullable Object caller;

    /** The seat that was taken before; changed only to leave out empty ones. */
    @Nullable
    Seat next;

    /** @param ownTimeout whether the deadline is that of the one call, and not the group's */
    Seat(Flight<?, ?> flight, Object caller, boolean watching, Clock clock, long deadline, boolean ownTimeout) {
        this.flight = flight;
        this.caller = caller;
        this.watching = watching;
        this.clock = clock;
        this.deadline = deadline;
        this.ownTimeout = ownTimeout;
    }

    boolean isWatching() {
        return watching;
    }

    long deadline() {
        return deadline;
    }

    CallerTimeoutException timeout() {
        return clock.callerTimeout(flight, ownTimeout);
    }

    /** Wakes who sits here, if it is a thread. */
    void unpark() {
        if (caller instanceof Thread thread) {
            LockSupport.unpark(thread);
        }
    }

    /** The future that waits here, if it is one. */
    @Nullable
    CallerFuture<?, ?, ?> future() {
        return caller instanceof CallerFuture<?, ?, ?> future ? future : null;
    }

    private boolean hasNews() {
        return watching ? flight.isGone() : flight.hasOutcome() || flight.isVacant();
    }

    @Override
    public @Nullable Flight<?, ?> waitsFor() {
        return (watching ? flight.isGone() : flight.isLanded()) ? null : flight;
    }

    /**
     * Blocks the calling thread until there may be news of the flight, or a reason to give up. Whatever goes wrong while
     * waiting is a reason too, since the seat has to be given back.
     *
     * @return why to give up; null if there was news, which somebody else may have taken by now: a vacant lead
     */
    @Nullable
    Throwable await() {
        try {
            Parking.await(this);
            if (hasNews()) {
                return null;
            }
            if (Thread.currentThread().isInterrupted()) {
                return new CallerInterruptedException("interrupted while waiting for " + flight.describe(), null);
            }
            return clock.isPast(deadline) ? timeout() : null;
        } catch (Throwable e) { // a circle; or a ticker that fails
            return e;
        }
    }

    @Override
    public boolean isReleasable() {
        return hasNews() || Thread.currentThread().isInterrupted() || clock.isPast(deadline);
    }

    @Override
    public boolean block() {
        return Parking.block(this, this, clock.parkTime(deadline));
    }
}
