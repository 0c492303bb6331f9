package io.skein.internal;

/** Throws checked exceptions where they are not declared, so that callers get what the loader threw and no wrapper. */
public final class Sneaky {
    private Sneaky() {}

    /** Always throws; the return type lets the compiler see that {@code throw Sneaky.rethrow(e)} ends a path. */
    @SuppressWarnings("unchecked")
    public static <X extends Throwable> RuntimeException rethrow(Throwable e) throws X {
        throw (X) e;
    }
}
