package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * A call that failed for a reason of Skein's own, and not because the loader failed. The message names the group and
 * the key, the latter with control characters escaped and cut at 100 characters.
 */
public abstract class FlightException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FlightException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
