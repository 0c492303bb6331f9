package io.skein.event;

/** How a load ended. */
public enum FlightOutcome {
    /** With a value, given to every caller. */
    SUCCESS,
    /** With what the loader threw, or what its future failed with, given to every caller. */
    FAILURE,
    /** It ran longer than the load timeout; every caller failed with {@code LoadTimeoutException}. */
    TIMEOUT,
    /** Every caller had left, or the group was closed. */
    CANCELLED,
    /** The executor refused to run it. */
    REJECTED,
    /** It had been forgotten; its callers got its value or failure. */
    FORGOTTEN,
    /** Its leader was interrupted; a follower took off with a load of its own. */
    HANDED_OVER
}
