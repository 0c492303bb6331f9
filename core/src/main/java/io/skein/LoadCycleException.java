package io.skein;

import org.jspecify.annotations.Nullable;

/** This load would have waited for itself; the message shows the chain of keys (G11). */
public final class LoadCycleException extends FlightException {
    private static final long serialVersionUID = 1L;

    /**
     * For code in front of a group that waits in its place.
     *
     * @param message names the group and the keys
     */
    public LoadCycleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
