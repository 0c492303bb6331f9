package io.skein.examples;

/** A caller's turn came after its stampede had been called off. */
final class TimeIsUpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimeIsUpException() {
        super("the stampede has been called off", null, false, false);
    }
}
