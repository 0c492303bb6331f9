package io.skein.event;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to the flights of a group. Every method does nothing unless overridden.
 *
 * <p>Called on the thread on which the thing happened, never under a lock of Skein's, possibly by many threads at once.
 * It should be short, since the caller it tells of waits for it. What it throws is logged once per listener class and
 * hurts nobody.
 */
public interface FlightListener {
    /** A load took off: its leader is aboard. A listener that loads the same key here waits for itself. */
    default void onTakeOff(FlightEvent flight) {}

    /** A follower joined. */
    default void onJoin(FlightEvent flight) {}

    /**
     * A load ended. Told exactly once for each {@link #onTakeOff}; of a load that ended by itself, before its callers
     * are released.
     *
     * @param failure what the callers get instead of a value; null where the load succeeded or nobody was left to fail
     */
    default void onLanding(FlightEvent flight, FlightOutcome outcome, @Nullable Throwable failure) {}

    /** A flight was forgotten: it goes on for the callers it has. */
    default void onForget(FlightEvent flight) {}

    /** The last caller left, and the load is cancelled. Its landing is told as well. */
    default void onAbandon(FlightEvent flight) {}

    /** The leader of a load on its own thread was interrupted, and its followers go on without it. */
    default void onHandOver(FlightEvent flight) {}

    /**
     * A load has run longer than {@code stuckAfter}. Told once for each load.
     *
     * @param stack the stack of the thread that runs the load; empty where none does
     */
    default void onStuck(FlightEvent flight, StackTraceElement[] stack) {}

    /**
     * A caller was turned away, because the group has as many flights, or the flight as many callers, as are allowed.
     *
     * @param group the name of the group
     * @param key the key it asked for
     */
    default void onReject(String group, Object key) {}
}
