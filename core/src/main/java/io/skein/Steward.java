package io.skein;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes rounds through the flights in progress, as long as there are any, and ends what has run too long: loads past
 * their timeout (G9), asynchronous callers past theirs; and reports stuck flights (G14). Blocking callers watch their
 * own time.
 *
 * <p>It holds no list of deadlines that landings would have to be taken off: the times of the group being the same for
 * every flight, whatever begins after a round falls due no sooner than the shortest time after it. So a round is made at
 * the earliest deadline seen in the last one, at the latest after that shortest time. A caller that has a deadline of
 * its own brings the next round forward.
 *
 * <p>The rounds form a chain, each scheduling the next, as long as flights are in progress. The link is {@code due},
 * when the next round should be made: a round whose due has been replaced does not go on. A take-off that finds the
 * chain ended, or far behind its time because a round got lost (no thread to be had), starts another.
 */
final class Steward<K, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger(Group.class.getName());
    private static final long SHORTEST_GAP = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_GAP = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(1);
    private static final long LOST = TimeUnit.SECONDS.toNanos(2);

    private static final long OFF_DUTY = Long.MIN_VALUE;
    private static final long NOTHING_DUE = Long.MAX_VALUE;

    private final FlightTable<K, V> table;
    private final GroupSettings settings;
    private final Clock clock;
    private final News news;
    private final Executor ground;
    private final long shortestTime;
    private final long gap;
    private final boolean glances;

    /** Whether callers have had deadlines of their own, which need not be looked for otherwise. */
    private volatile boolean ownDeadlines;

    /** When the next round is due, by the system's clock. */
    private final AtomicLong due = new AtomicLong(OFF_DUTY);

    Steward(FlightTable<K, V> table, GroupSettings settings, Clock clock, News news, Executor ground) {
        this.table = table;
        this.settings = settings;
        this.clock = clock;
        this.news = news;
        this.ground = ground;
        this.shortestTime = settings.shortestTime();
        this.gap = Math.min(LONGEST_GAP, Math.max(SHORTEST_GAP, shortestTime / 256));
        this.glances = !clock.isSystem() && settings.scheduler() == Scheduler.systemScheduler();
    }

    /** A flight is in the table. */
    void tookOff() {
        if (shortestTime != 0) {
            long current = due.get();
            if (current == OFF_DUTY || System.nanoTime() - current > LOST) {
                schedule(current, shortestTime);
            }
        }
    }

    /** An asynchronous caller with a deadline of its own has taken a seat. */
    void expect(long deadline) {
        if (deadline == Clock.NEVER) {
            return;
        }
        ownDeadlines = true;
        see(clock.until(deadline));
    }

    /**
     * Sees to it that there is a round by then. One whose time has come may have passed what falls due already; so it
     * is replaced, by one that is due at once, since it may have been for something else.
     */
    private void see(long delay) {
        while (true) {
            long current = due.get();
            long left = current - System.nanoTime();
            boolean onDuty = current != OFF_DUTY;
            if ((onDuty && left > 0 && left <= delay) || schedule(current, onDuty && left <= 0 ? 0 : delay)) {
                return;
            }
        }
    }

    /** False if another has replaced the due round meanwhile. */
    private boolean schedule(long current, long delay) {
        long sleep = glances ? Clock.GLANCE : Math.max(gap, Math.min(delay, LONGEST_SLEEP));
        long next = System.nanoTime() + sleep;
        if (!due.compareAndSet(current, next)) {
            return false;
        }
        try {
            schedule(settings.scheduler(), next, sleep);
        } catch (RuntimeException | Error e) { // of the user's
            LOG.log(Level.WARNING, "the scheduler of group " + Text.quote(settings.name()) + " failed", e);
            scheduleAnyhow(next, sleep);
        }
        return true;
    }

    private void scheduleAnyhow(long round, long sleep) {
        try {
            schedule(Scheduler.systemScheduler(), round, sleep);
        } catch (RuntimeException | OutOfMemoryError e) {
            due.compareAndSet(round, OFF_DUTY); // the next take-off tries again
            LOG.log(Level.ERROR, "group " + Text.quote(settings.name()) + " cannot watch its times", e);
        }
    }

    private void schedule(Scheduler scheduler, long round, long sleep) {
        var unused = scheduler.schedule(ground, () -> round(round), sleep, TimeUnit.NANOSECONDS);
    }

    private void round(long mine) {
        if (due.get() != mine) {
            return;
        }
        long next = visitAll();
        if (next != NOTHING_DUE) {
            if (!schedule(mine, next)) {
                see(next);
            }
        } else if (due.compareAndSet(mine, OFF_DUTY)) {
            next = visitAll(); // who came meanwhile saw us on duty
            if (next != NOTHING_DUE) {
                see(next);
            }
        }
    }

    /** Returns the nanoseconds until something may fall due. */
    private long visitAll() {
        if (table.isEmpty()) {
            return NOTHING_DUE;
        }
        var next = new AtomicLong(shortestTime == 0 ? NOTHING_DUE : shortestTime);
        table.forEachInProgress(flight -> {
            try {
                next.accumulateAndGet(visit(flight, clock.now()), Math::min);
            } catch (RuntimeException | Error e) { // of the user's: the other flights are visited all the same
                LOG.log(Level.WARNING, "visit of a flight of group " + Text.quote(settings.name()) + " failed", e);
            }
        });
        return next.get();
    }

    /** Returns the nanoseconds until something of this flight falls due. */
    private long visit(Flight<K, V> flight, long now) {
        long next = NOTHING_DUE;
        if (settings.callerTimeout() != 0 || ownDeadlines) {
            next = visitCallers(flight);
        }
        if (flight.isLanded() || flight.isVacant()) {
            return next;
        }
        long age = flight.age(now);
        if (settings.stuckAfter() != 0) {
            if (age < settings.stuckAfter()) {
                next = Math.min(next, settings.stuckAfter() - age);
            } else if (flight.reportStuck()) {
                report(flight, age);
            }
        }
        if (settings.loadTimeout() != 0) {
            if (age >= settings.loadTimeout()) {
                table.timeOut(flight);
            } else {
                next = Math.min(next, settings.loadTimeout() - age);
            }
        }
        return next;
    }

    private long visitCallers(Flight<K, V> flight) {
        long next = NOTHING_DUE;
        for (var seat = flight.futures(); seat != null; seat = seat.next) {
            var future = seat.future();
            if (future == null || future.isDone()) {
                continue;
            }
            long left = clock.until(seat.deadline());
            if (left <= 0) { // elsewhere, since what depends on the future may take its time
                var timeout = seat.timeout();
                ground.execute(() -> future.fail(timeout));
            } else {
                next = Math.min(next, left);
            }
        }
        return next;
    }

    private void report(Flight<K, V> flight, long age) {
        var thread = flight.runner();
        var stack = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
        if (settings.forgetStuck()) {
            table.forget(flight.key(), flight, Flight.MOST_CALLERS, () -> {});
        }
        ground.execute(
                () -> { // elsewhere, since listeners and logs may take their time
                    LOG.log(
                            Level.WARNING,
                            "stuck: the load of " + flight.describe() + " has run for "
                                    + TimeUnit.NANOSECONDS.toMillis(age)
                                    + " ms, with " + flight.callers() + " callers aboard"
                                    + (settings.forgetStuck() ? "; it is forgotten" : ""),
                            new StackOfLoad(thread, stack));
                    news.stuck(flight, stack);
                });
    }
}
