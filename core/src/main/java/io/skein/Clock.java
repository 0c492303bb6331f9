package io.skein;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.internal.CoarseTicker;
import java.time.Duration;

/** The time of a group: its ticker, and the deadlines of its callers. */
final class Clock {
    /** The deadline of a caller that waits as long as it takes. */
    static final long NEVER = Long.MAX_VALUE;

    /** How often time is looked at where a ticker of the user's own may move independently of the system's. */
    static final long GLANCE = 2_000_000;

    private final Ticker ticker;
    private final Ticker takeOffTicker;
    private final long callerTimeout;

    Clock(GroupSettings settings) {
        this.ticker = settings.ticker();
        boolean nobodyLooks = settings.shortestTime() == 0 && settings.listener() == null;
        this.takeOffTicker = isSystem() && nobodyLooks ? CoarseTicker.INSTANCE : ticker;
        this.callerTimeout = settings.callerTimeout();
    }

    long now() {
        return ticker.read();
    }

    /** When a load takes off that begins now; exact if anything depends on its age, or is told of it. */
    long takeOff() {
        return takeOffTicker.read();
    }

    boolean isSystem() {
        return ticker == Ticker.systemTicker();
    }

    /** When a caller that arrives now gives up. */
    long deadline() {
        return deadline(callerTimeout);
    }

    /** When a caller that arrives now gives up that has so much time, in nanoseconds; 0 for any. */
    long deadline(long timeout) {
        return timeout == 0 ? NEVER : now() + timeout;
    }

    boolean isPast(long deadline) {
        return until(deadline) <= 0;
    }

    /** Nanoseconds until a deadline; not positive when it is past. */
    long until(long deadline) {
        return deadline == NEVER ? NEVER : deadline - now();
    }

    /** How long to park for a deadline at the most before time must be looked at again. */
    long parkTime(long deadline) {
        if (deadline == NEVER) {
            return Parking.FOR_EVER;
        }
        return isSystem() ? until(deadline) : Math.min(until(deadline), GLANCE);
    }

    /** @param own whether the time that is over is that of the one call, and not the group's */
    CallerTimeoutException callerTimeout(Flight<?, ?> flight, boolean own) {
        var time = own ? "the timeout of this call" : "callerTimeout " + Duration.ofNanos(callerTimeout);
        return new CallerTimeoutException(time + " is over, waiting for " + flight.describe(), null);
    }
}
