package io.skein;

import org.jspecify.annotations.Nullable;

/** A write was not taken on: as many are waiting for the source as may, or what keeps them cannot (C10). */
public final class WriteRejectedException extends FlightException {
    private static final long serialVersionUID = 1L;

    /** @param message names the cache and the key */
    public WriteRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
