package io.skein.load;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The JVM's own timer, as {@link Scheduler#systemScheduler} uses it, except that it keeps nothing of what has been
 * cancelled: most of what is scheduled here is.
 */
enum Timers implements Scheduler {
    SYSTEM;

    @Override
    public Future<?> schedule(Executor executor, Runnable command, long delay, TimeUnit unit) {
        var timer = new CompletableFuture<Void>();
        var unused = timer.thenRunAsync(command, executor);
        return timer.completeOnTimeout(null, delay, unit); // takes its task away when the timer is cancelled
    }
}
