package io.skein.internal;

/**
 * As the failure of a load: it was ended by the interrupt of the thread that did it for many, and those who wait for it
 * ask again (G7). No user ever sees it.
 */
public final class HandedOver extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HandedOver(Throwable cause) {
        super("the thread that loaded was interrupted", cause, false, false);
    }
}
