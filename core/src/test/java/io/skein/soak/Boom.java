package io.skein.soak;

/** What loads of the soak fail with. */
final class Boom extends Exception {
    private static final long serialVersionUID = 1L;

    Boom(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    static final class Fatal extends Error {
        private static final long serialVersionUID = 1L;

        Fatal() {
            super("an Error of a load", null, false, false);
        }
    }
}
