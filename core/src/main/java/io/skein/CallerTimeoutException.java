package io.skein;

import org.jspecify.annotations.Nullable;

/** This caller waited as long as {@code callerTimeout} allows. The load goes on for the others (G9). */
public final class CallerTimeoutException extends FlightException {
    private static final long serialVersionUID = 1L;

    /**
     * For code in front of a group that waits, times out or refuses in its place.
     *
     * @param message names the group and the key
     */
    public CallerTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
