package io.skein;

import org.jspecify.annotations.Nullable;

/** The group has as many flights, or the flight as many callers, as its builder allows (G13). */
public final class LoadRejectedException extends FlightException {
    private static final long serialVersionUID = 1L;

    /**
     * For code in front of a group that waits, times out or refuses in its place.
     *
     * @param message names the group and the key
     */
    public LoadRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
