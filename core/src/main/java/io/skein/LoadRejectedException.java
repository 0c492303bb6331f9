package io.skein;

import org.jspecify.annotations.Nullable;

/** The group has as many flights, or the flight as many callers, as its builder allows (G13). */
public final class LoadRejectedException extends FlightException {
    private static final long serialVersionUID = 1L;

    LoadRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
