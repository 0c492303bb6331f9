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

    /**
     * A follower took over from an interrupted leader with a load of its own, which is another one. By default the same
     * as {@link #onTakeOff}; for those who count callers, since this one has been told of by {@link #onJoin}.
     */
    default void onTakeOver(FlightEvent flight) {
        onTakeOff(flight);
    }

    /**
     * The calling thread is about to run the loader. Of an asynchronous load, the call that starts it. Not told of keys
     * that are loaded by a bulk call, which is none of their flights' alone.
     */
    default void onEnter(FlightEvent flight) {}

    /**
     * The calling thread has left the loader: told exactly once for each {@link #onEnter}, on the same thread. Before
     * the landing, unless the flight was landed by somebody else meanwhile, as by the load timeout.
     */
    default void onExit(FlightEvent flight) {}

    /** A follower joined. Of one that is very quick this may be told before the take-off. */
    default void onJoin(FlightEvent flight) {}

    /**
     * A load ended. Told exactly once for each {@link #onTakeOff} and {@link #onTakeOver}; of a load that ended by
     * itself, before its callers are released. If the load timeout or {@code close} ends it at the very moment of its
     * take-off, this may be told first.
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
