package io.skein.write.behind;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.write.WriteBehind;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Has the buffer look at the time again: by the user's scheduler, or by the JVM's if that does not do it.
 *
 * @param timeIsUp is given the time for which the timer was set
 */
record Timer(Scheduler scheduler, LongConsumer timeIsUp, LongPredicate isOutstanding) {
    private static final System.Logger LOG = System.getLogger(WriteBehind.class.getName());

    /** @param delay in nanoseconds */
    void set(long delay, long time) {
        Runnable ring = () -> timeIsUp.accept(time);
        try {
            var timer = scheduler.schedule(Runnable::run, ring, delay, TimeUnit.NANOSECONDS);
            if (!timer.isDone() || !isOutstanding.test(time)) {
                return;
            } // a scheduler that is disabled, or has been shut down, says nothing else
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "the scheduler of a cache that writes behind failed", e);
        }
        var unused = Scheduler.systemScheduler().schedule(Runnable::run, ring, delay, TimeUnit.NANOSECONDS);
    }
}
