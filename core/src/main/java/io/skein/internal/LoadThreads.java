package io.skein.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Where loads run for which the user has set no executor. */
public final class LoadThreads {
    private static final @Nullable VirtualThreads VIRTUAL = VirtualThreads.find();
    private static final long KEEP_ALIVE_SECONDS = 10;

    private LoadThreads() {}

    /** Virtual threads where the JVM has them (21 and newer), else as {@link #cached}. */
    public static ExecutorService perTask(String prefix) {
        return VIRTUAL != null ? VIRTUAL.executor(prefix) : cached(prefix);
    }

    /** Platform threads, as many as needed; they are daemons, and idle ones end after some seconds. */
    public static ExecutorService cached(String prefix) {
        var count = new AtomicLong();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    var thread = new Thread(null, task, prefix + count.getAndIncrement(), 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** For loads that are made of loads and belong to no group. Nobody closes it; without loads it has no thread. */
    public static Executor shared() {
        return Shared.THREADS;
    }

    /** The same for what must not wait for loads that compute: on platform threads. */
    public static Executor sharedPlatform() {
        return SharedPlatform.THREADS;
    }

    private static final class Shared {
        static final ExecutorService THREADS = perTask("skein-load-");
    }

    private static final class SharedPlatform {
        static final ExecutorService THREADS = cached("skein-");
    }

    /**
     * {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(prefix, 0)...factory())}, from Java 17 class
     * files. The threads inherit nothing from whoever happens to start them.
     */
    private record VirtualThreads(
            MethodHandle ofVirtual,
            MethodHandle name,
            MethodHandle inherit,
            MethodHandle factory,
            MethodHandle perTask) {

        static @Nullable VirtualThreads find() {
            if (Runtime.version().feature() < 21) {
                return null;
            }
            try {
                var lookup = MethodHandles.publicLookup();
                var builder = Class.forName("java.lang.Thread$Builder");
                var ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
                return new VirtualThreads(
                        lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual)),
                        lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class)),
                        lookup.findVirtual(
                                builder,
                                "inheritInheritableThreadLocals",
                                MethodType.methodType(builder, boolean.class)),
                        lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class)),
                        lookup.findStatic(
                                Executors.class,
                                "newThreadPerTaskExecutor",
                                MethodType.methodType(ExecutorService.class, ThreadFactory.class)));
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        ExecutorService executor(String prefix) {
            try {
                Object builder = name.invoke(ofVirtual.invoke(), prefix, 0L);
                return (ExecutorService) perTask.invoke((ThreadFactory) factory.invoke(inherit.invoke(builder, false)));
            } catch (Throwable e) {
                throw Sneaky.rethrow(e);
            }
        }
    }
}
