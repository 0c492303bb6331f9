package io.skein.examples;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An embedded database computes on the thread that asks. With threads of its own, as a database server has them, it does
 * not keep the virtual threads' few carriers from the callers that are still on their way.
 */
final class DatabaseThreads {
    private DatabaseThreads() {}

    /** One for each connection. */
    static ExecutorService start() {
        var number = new AtomicInteger();
        return Executors.newFixedThreadPool(Reports.CONNECTIONS, task -> {
            var thread = new Thread(task, "database-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
