package io.skein;

import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one group. None exists before the first task; idle ones end after some seconds, and at once when the
 * crew is closed.
 */
final class Crew {
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
        this.ground = new Lazy(() -> LoadThreads.cached("skein-" + name + "-ground-"));
        this.loads = new Lazy(() -> LoadThreads.perTask("skein-" + name + "-"));
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
}
