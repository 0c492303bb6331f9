package io.skein;

import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one group. None exists before the first task; idle ones end after some seconds, and at once when the
 * crew is closed.
 */
final class Crew {
    private static final @Nullable VirtualThreads VIRTUAL = VirtualThreads.find();
    private static final long KEEP_ALIVE_SECONDS = 10;

    /** For loads, where the user has set no executor: virtual threads where the JVM has them (21 and newer). */
    private final Lazy loads;

    /**
     * For Skein's own work, the steward's rounds and the release of asynchronous callers: platform threads, since loads
     * that compute can keep virtual ones waiting; as many as needed, since dependents of futures may take their time.
     */
    private final Lazy ground;

    private final String name;
    private volatile boolean closed;

    Crew(String name) {
        this.name = name;
        this.ground = new Lazy(() -> cached("skein-" + name + "-ground-"));
        this.loads = new Lazy(() -> VIRTUAL != null ? VIRTUAL.executor(prefix()) : cached(prefix()));
    }

    private String prefix() {
        return "skein-" + name + "-";
    }

    Executor loads() {
        return loads;
    }

    Executor ground() {
        return ground;
    }

    /** Takes no more tasks. Those that run go on to their end. */
    void close() {
        closed = true;
        loads.close();
        ground.close();
    }

    /** An executor whose threads are created on first use. */
    private final class Lazy implements Executor {
        private final Supplier<ExecutorService> factory;
        private @Nullable ExecutorService threads; // guarded by this

        Lazy(Supplier<ExecutorService> factory) {
            this.factory = factory;
        }

        @Override
        public void execute(Runnable task) {
            threads().execute(task);
        }

        private synchronized ExecutorService threads() {
            if (closed) {
                throw new RejectedExecutionException("group " + Text.quote(name) + " is closed");
            }
            if (threads == null) {
                threads = factory.get();
            }
            return threads;
        }

        synchronized void close() {
            if (threads != null) {
                threads.shutdown();
            }
        }
    }

    private static ExecutorService cached(String prefix) {
        var count = new AtomicLong();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    var thread = new Thread(null, task, prefix + count.getAndIncrement(), 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
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
