package io.skein;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.ThreadFactory;

/** Virtual threads where the JVM that runs the tests has them. */
public final class VirtualThreads {
    public static final boolean AVAILABLE = Runtime.version().feature() >= 21;
    public static final ThreadFactory FACTORY = AVAILABLE ? find() : null;

    private VirtualThreads() {}

    public static void assumeAvailable() {
        assumeTrue(
                AVAILABLE,
                () -> "no virtual threads on Java " + Runtime.version().feature());
    }

    private static ThreadFactory find() {
        try {
            var builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
