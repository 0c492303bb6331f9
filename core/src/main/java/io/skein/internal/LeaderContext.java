package io.skein.internal;

import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the leader's thread carries (MDC, observation, security context, whatever is registered) taken along to the
 * thread of its load, by Micrometer's context-propagation library where that is on the class path, and not at all where
 * it is not (G10).
 */
public final class LeaderContext {
    private static final boolean AVAILABLE = isAvailable();

    private LeaderContext() {}

    private static boolean isAvailable() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, LeaderContext.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** What the calling thread carries, to be given to {@link #wrap}; null if that is not known. */
    public static @Nullable Object capture() {
        return AVAILABLE ? Library.capture() : null;
    }

    /** The task, run with what {@link #capture} saw, and its thread left as it was found. */
    public static Runnable wrap(@Nullable Object captured, Runnable task) {
        return captured == null ? task : Library.wrap(captured, task);
    }

    /** Loaded only where the library is there. */
    private static final class Library {
        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().build();

        static Object capture() {
            return FACTORY.captureAll();
        }

        static Runnable wrap(Object captured, Runnable task) {
            return ((io.micrometer.context.ContextSnapshot) captured).wrap(task);
        }
    }
}
