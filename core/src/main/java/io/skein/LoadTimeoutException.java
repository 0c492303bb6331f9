package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * A load ran as long as {@code loadTimeout} allows, and was cancelled (G9). All callers of one flight get the same
 * instance. Its cause carries the stack of the thread that ran the load, where there was one.
 */
public final class LoadTimeoutException extends FlightException {
    private static final long serialVersionUID = 1L;

    LoadTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
