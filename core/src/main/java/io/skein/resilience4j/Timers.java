package io.skein.resilience4j;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time limits and waits of all guards, on one thread that is there only while there are any. */
final class Timers {
    private static final long KEEP_ALIVE_SECONDS = 2;

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private Timers() {}

    private static ScheduledThreadPoolExecutor thread() {
        var pool = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(null, task, "skein-guard-timer", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null); // it belongs to no application
            return thread;
        });
        pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        pool.setRemoveOnCancelPolicy(true); // else a load that has ended would be kept until its time is over
        return pool;
    }

    /**
     * Has something done after a time.
     *
     * @param alarm takes no time and calls no code of the user's: all others wait meanwhile
     */
    static Future<?> after(long time, TimeUnit unit, Runnable alarm) {
        return THREAD.schedule(alarm, time, unit);
    }

    /** How many are set. */
    static int pending() {
        return THREAD.getQueue().size();
    }
}
