package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * This caller was interrupted while it waited, or while it ran the load on its own thread; then the cause is what the
 * loader threw. The thread's interrupt flag stays set. Nobody else's wait has ended (G6, G7).
 */
public final class CallerInterruptedException extends FlightException {
    private static final long serialVersionUID = 1L;

    /**
     * For code in front of a group that waits, times out or refuses in its place.
     *
     * @param message names the group and the key
     */
    public CallerInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
