package io.skein;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.event.FlightListener;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link GroupBuilder} has gathered.
 *
 * @param callerTimeout in nanoseconds, like the other times; 0 for none
 */
record GroupSettings(
        String name,
        long callerTimeout,
        long loadTimeout,
        @Nullable Executor executor,
        boolean cancelWhenAbandoned,
        int maxFlights,
        int maxCallersPerFlight,
        long stuckAfter,
        boolean forgetStuck,
        @Nullable FlightListener listener,
        Ticker ticker,
        Scheduler scheduler) {

    static final int UNLIMITED = Integer.MAX_VALUE;

    /** Whether blocking callers load on an executor and not on their own thread (G10). */
    boolean onExecutor() {
        return executor != null || callerTimeout != 0 || loadTimeout != 0;
    }

    /** The shortest of the times a steward watches; 0 if there is nothing to watch. */
    long shortestTime() {
        long shortest = Long.MAX_VALUE;
        for (long time : new long[] {callerTimeout, loadTimeout, stuckAfter}) {
            shortest = time == 0 ? shortest : Math.min(shortest, time);
        }
        return shortest == Long.MAX_VALUE ? 0 : shortest;
    }
}
