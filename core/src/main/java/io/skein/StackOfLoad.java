package io.skein;

import org.jspecify.annotations.Nullable;

/** Never thrown: carries the stack of the thread that runs a load into a log or as a cause. */
final class StackOfLoad extends Throwable {
    private static final long serialVersionUID = 1L;

    StackOfLoad(@Nullable Thread thread, StackTraceElement[] stack) {
        super(
                thread == null ? "no thread is in the loader" : "the load was here, on thread " + thread.getName(),
                null,
                false,
                true);
        setStackTrace(stack);
    }
}
