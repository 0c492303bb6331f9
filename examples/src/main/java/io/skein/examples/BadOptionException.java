package io.skein.examples;

/** The command line cannot be understood. The message is the one line to show. */
final class BadOptionException extends Exception {
    private static final long serialVersionUID = 1L;

    BadOptionException(String message) {
        super(message);
    }
}
