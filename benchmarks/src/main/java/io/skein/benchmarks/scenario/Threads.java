package io.skein.benchmarks.scenario;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;

/** The kinds of threads callers may have. */
enum Threads {
    PLATFORM,
    VIRTUAL;

    /** Whether this JVM has them. */
    boolean exist() {
        return this == PLATFORM || Runtime.version().feature() >= 21;
    }

    /** A new factory of daemon threads without names. */
    ThreadFactory factory() {
        if (this == VIRTUAL) {
            return virtual();
        }
        return task -> {
            var thread = new Thread(null, task, "", 0, false);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** {@code Thread.ofVirtual().factory()}, from Java 17 class files. */
    private static ThreadFactory virtual() {
        try {
            var lookup = MethodHandles.publicLookup();
            var builder = Class.forName("java.lang.Thread$Builder");
            var ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            var start = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            var factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(start.invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("no virtual threads in Java " + Runtime.version(), e);
        }
    }
}
