package io.skein;

import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of a loader for one key, and the callers aboard. Loaders meet it to ask whether their value may still be
 * stored: {@link #ifCurrent}.
 *
 * <pre>
 *   BOARDING ──forget──▶ FORGOTTEN      join: BOARDING only
 *      │                     │          VACANT: a flag of either; callers are aboard, no load runs
 *      └──land, last leaves──┴──▶ LANDED
 * </pre>
 *
 * <p>All of it is one word, {@code state}: the number of callers aboard and three flags, moved by compare-and-set only.
 *
 * <ul>
 *   <li>A joiner counts itself up, unless LANDED or FORGOTTEN. A caller that gives up counts itself down, unless
 *       LANDED: then it takes the outcome, since it has been counted for it. So the count at landing is the number of
 *       callers that get the outcome, and decides {@code shared} (G3).
 *   <li>Whoever sets LANDED (the end of the load, the load timeout, the last caller to leave, close) and nobody else
 *       decides the outcome. Reaching zero callers and LANDED are one step, so the count never rises from zero (G8).
 *   <li>An interrupted leader counts itself down and sets VACANT in one step. Every waiting caller is woken, and
 *       whoever clears the flag leads (G7). A caller that leaves instead need not wake anybody: the others were woken
 *       too. The last one to leave lands the flight, since no load is left to do it.
 * </ul>
 *
 * <p><b>No wake-up is lost.</b> A caller pushes its seat, then looks for news before it parks; the lander writes the
 * outcome, then takes the seats (VACANT and FORGOTTEN likewise). All of these are volatile, so one of the two sees the
 * other. Between LANDED and the outcome lies a short stretch without user code; callers wait for the outcome, not for
 * the flag.
 *
 * <p><b>Storing is fenced.</b> {@link #ifCurrent} runs its action under the flight's monitor. FORGOTTEN is set under
 * it, and so is LANDED by anybody but the load itself. Hence once a flight is forgotten, or has left the table, no
 * action runs or will run. Lock order: bin of the group's table, then this monitor, then the store. No load runs under
 * any of them.
 *
 * @param <K> keys
 * @param <V> values
 */
@SuppressWarnings("UnusedVariable") // fields used through handles
public final class Flight<K, V extends @Nullable Object> extends Seats {
    private static final int LANDED = 1 << 31;
    private static final int FORGOTTEN = 1 << 30;
    private static final int VACANT = 1 << 29;
    private static final int CALLERS = VACANT - 1;

    /** The highest number of callers one flight can carry. */
    static final int MOST_CALLERS = CALLERS;

    private static final VarHandle STATE;
    private static final VarHandle OUTCOME;
    private static final VarHandle RUNNER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Flight.class, "state", int.class);
            OUTCOME = lookup.findVarHandle(Flight.class, "outcome", Object.class);
            RUNNER = lookup.findVarHandle(Flight.class, "runner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What a caller that wanted to join found. */
    enum Boarding {
        ABOARD,
        GONE,
        FULL
    }

    /** What a caller that wanted to leave found. */
    enum Leaving {
        LEFT,
        LEFT_LAST,
        LANDED
    }

    /** An outcome that is no value. */
    record Failure(Throwable cause) {}

    /** The outcome null, since null in the field means: not there yet. */
    private static final Object NULL = new Object();

    private final Group<K, V> group;
    private final K key;

    // Written plainly by the constructor, which spares a take-off the fences, and through the handles afterwards.
    private int state = 1;
    private @Nullable Object outcome;
    private @Nullable Thread runner; // in the loader's code now

    // Plain: written before the flight is published, and by whoever claims it. The steward may see the older value
    // once.
    private long tookOff;

    private volatile boolean attended;

    private @Nullable Runnable brake; // stops a load that runs on no thread; guarded by the monitor

    /** A flight that takes off now, its leader aboard; {@code runner} if the leader's own thread is going to load. */
    Flight(Group<K, V> group, K key, @Nullable Thread runner, long now, long number) {
        this.group = group;
        this.key = key;
        this.runner = runner;
        this.tookOff = now;
        if (number != 0) {
            extras().number = number;
        }
    }

    // For loaders

    /** The key this flight loads. */
    public K key() {
        return key;
    }

    /**
     * Whether nobody waits for this load any more, because all callers left, the load timeout passed, or the group was
     * closed. A long load may look at this now and then and stop; it is also interrupted, or its future cancelled.
     */
    public boolean isCancelled() {
        return isLanded();
    }

    /**
     * Runs an action unless this flight has been forgotten or cancelled, and holds off a concurrent {@link
     * Group#forget(Object, Runnable)} of its key until the action is done. Every store of a loaded value belongs into
     * such an action: it makes sure that a value that was loaded before an invalidation is not stored after it.
     *
     * <p>To be called by the load, before it ends.
     *
     * @param action a short piece of work, such as putting the value into a map. It must not call the group, nor wait
     * @return whether the action ran
     */
    public boolean ifCurrent(Runnable action) {
        synchronized (this) {
            if ((state() & (LANDED | FORGOTTEN)) != 0) {
                return false;
            }
            action.run();
            return true;
        }
    }

    /**
     * Has an action run if the load timeout ends this flight, before its key is free: the last chance to write down
     * that the load failed. Like the one of {@link #ifCurrent} it does not run if the flight has been forgotten, and
     * holds off a concurrent {@link Group#forget(Object, Runnable)}.
     *
     * @param action is given what the callers will get, and answers, after as much thought as it likes, with a short
     *     piece of work that must not call the group, nor wait. One given later takes the place of one given before;
     *     null leaves nothing to be done, as at the end of the load
     */
    public void onTimeout(@Nullable Function<? super LoadTimeoutException, ? extends Runnable> action) {
        synchronized (this) {
            extras().onTimeout = action;
        }
    }

    /**
     * Tells of a thread that works for this load without being the one in its loader: that of an asynchronous load, or
     * one that the loader waits for. A load may have several, and several loads the same, as in a batch. So a load that
     * would wait for itself is found (G11), and the stack of a stuck one reported (G14). The thread is not interrupted
     * when the load is cancelled: that is up to who cancels its future.
     */
    public void attendedBy(Thread thread) {
        synchronized (this) {
            var attendants = new ArrayList<>(extras().attendants);
            attendants.add(thread);
            extras().attendants = List.copyOf(attendants);
            attended = true;
        }
    }

    /** Takes back {@link #attendedBy} for one thread; nothing if it does not work for this load. */
    public void unattendedBy(Thread thread) {
        synchronized (this) {
            var attendants = new ArrayList<>(extras().attendants);
            attendants.remove(thread);
            extras().attendants = List.copyOf(attendants);
            attended = !attendants.isEmpty();
        }
    }

    /**
     * Runs an action that completes the futures of several asynchronous loads, this one among them, as a batch does. See
     * {@link Group#landTogether}.
     */
    public void landTogether(Runnable action) {
        group.landTogether(action);
    }

    /** Time since the load took off. */
    public Duration age() {
        return Duration.ofNanos(age(group.clock().now()));
    }

    // The state

    private int state() {
        return (int) STATE.getVolatile(this);
    }

    private boolean move(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    @Override
    int callers() {
        return state() & CALLERS;
    }

    boolean isLanded() {
        return (state() & LANDED) != 0;
    }

    boolean isForgotten() {
        return (state() & FORGOTTEN) != 0;
    }

    boolean isVacant() {
        return (state() & (VACANT | LANDED)) == VACANT;
    }

    /** Whether it landed after a hand-over and before anybody took over. */
    boolean landedVacant() {
        return (state() & (VACANT | LANDED)) == (VACANT | LANDED);
    }

    /** Whether nobody can join any more. */
    boolean isGone() {
        return (state() & (LANDED | FORGOTTEN)) != 0;
    }

    /**
     * Waits for the action of a timeout in progress: LANDED is set before it runs, and it has to be done before the
     * flight leaves the table.
     */
    synchronized void awaitActions() {}

    Boarding board(int mostCallers) {
        while (true) {
            int s = state();
            if ((s & (LANDED | FORGOTTEN)) != 0) {
                return Boarding.GONE;
            }
            if ((s & CALLERS) >= mostCallers) {
                return Boarding.FULL;
            }
            if (move(s, s + 1)) {
                return Boarding.ABOARD;
            }
        }
    }

    /**
     * Counts one caller down. After LEFT_LAST the flight has landed, and the caller of this method has to wind it up.
     */
    Leaving leave() {
        while (true) {
            int s = state();
            if ((s & LANDED) != 0) {
                return Leaving.LANDED;
            }
            if ((s & CALLERS) == 1 && (group.settings().cancelWhenAbandoned() || (s & VACANT) != 0)) {
                synchronized (this) { // wait for an ifCurrent in progress
                    if (move(s, LANDED | (s & (FORGOTTEN | VACANT)))) {
                        return Leaving.LEFT_LAST;
                    }
                }
            } else if (move(s, s - 1)) {
                return Leaving.LEFT;
            }
        }
    }

    /** Keeps newcomers out. False if the flight has landed or been forgotten before, or more are aboard than given. */
    boolean forget(int ifCallersAtMost) {
        synchronized (this) { // wait for an ifCurrent in progress
            while (true) {
                int s = state();
                if ((s & (LANDED | FORGOTTEN)) != 0 || (s & CALLERS) > ifCallersAtMost) {
                    return false;
                }
                if (move(s, s | FORGOTTEN)) {
                    return true;
                }
            }
        }
    }

    /** Sets LANDED on behalf of the load itself. The one that gets true has to {@link #touchDown}. */
    boolean land() {
        while (true) {
            int s = state();
            if ((s & LANDED) != 0) {
                return false;
            }
            if (move(s, s | LANDED)) {
                return true;
            }
        }
    }

    /** Sets LANDED on behalf of anybody else, like {@link #land}. */
    boolean landFromOutside() {
        synchronized (this) { // wait for an ifCurrent in progress
            return land();
        }
    }

    /** Sets LANDED because the load timeout is over, like {@link #land}. */
    boolean landTimedOut(LoadTimeoutException reason) {
        var action = prepareTimeout(reason);
        synchronized (this) { // wait for an ifCurrent in progress
            if (!land()) {
                return false;
            }
            if (action != null && !isForgotten()) {
                try {
                    action.run();
                } catch (RuntimeException | Error e) { // the callers are released all the same
                    reason.addSuppressed(e);
                }
            }
            return true;
        }
    }

    private @Nullable Runnable prepareTimeout(LoadTimeoutException reason) {
        @Nullable Function<? super LoadTimeoutException, ? extends Runnable> action;
        synchronized (this) {
            action = extras().onTimeout;
            extras().onTimeout = null;
        }
        try {
            return action == null ? null : action.apply(reason);
        } catch (RuntimeException | Error e) { // the callers are released all the same
            reason.addSuppressed(e);
            return null;
        }
    }

    /** The interrupted leader leaves, and the lead with it. After LEFT_LAST, as with {@link #leave}. */
    Leaving handOver() {
        RUNNER.setRelease(this, null);
        while (true) {
            int s = state();
            if ((s & LANDED) != 0) {
                return Leaving.LANDED;
            }
            boolean last = (s & CALLERS) == 1;
            if (move(s, last ? LANDED | (s & FORGOTTEN) : (s - 1) | VACANT)) {
                return last ? Leaving.LEFT_LAST : Leaving.LEFT;
            }
        }
    }

    /** Takes the lead of a vacant flight: whoever gets true has to load. */
    boolean claim(long now, long newNumber) {
        synchronized (this) { // nobody lands it from outside before the new load is written down
            while (true) {
                int s = state();
                if ((s & (VACANT | LANDED)) != VACANT) {
                    return false;
                }
                tookOff = now; // before the flag: the steward must not see the age of the load before
                extras().number = newNumber;
                extras().reportedStuck = false;
                if (move(s, s & ~VACANT)) {
                    return true;
                }
            }
        }
    }

    // The load

    /** The thread whose work ends this load, if one does now: one that attends it rather than the one in the loader. */
    @Nullable
    Thread runner() {
        var attendants = attendants();
        return attendants.isEmpty() ? (Thread) RUNNER.getVolatile(this) : attendants.get(0);
    }

    /** All threads whose work may end this load: those that attend it first, for which the one in the loader waits. */
    List<Thread> workers() {
        var runner = (Thread) RUNNER.getVolatile(this);
        var attendants = attendants();
        if (attendants.isEmpty()) {
            return runner == null ? List.of() : List.of(runner);
        }
        var all = new ArrayList<>(attendants);
        if (runner != null) {
            all.add(runner);
        }
        return all;
    }

    private List<Thread> attendants() {
        if (!attended) {
            return List.of();
        }
        synchronized (this) {
            return extras().attendants;
        }
    }

    /** The calling thread is about to enter the loader. False if the flight was cancelled before. */
    boolean enter() {
        RUNNER.setVolatile(this, Thread.currentThread());
        if (isLanded()) { // stop() may have seen no runner, so it is looked at again after telling who runs
            exitStopped();
            return false;
        }
        return true;
    }

    /**
     * The calling thread has left the loader. Call {@link #exitStopped} as well if somebody else has landed the flight.
     */
    void exit() {
        RUNNER.setRelease(this, null);
    }

    /**
     * Waits for a {@link #stop} in progress, and takes back the interrupt it sent to this thread, which belongs to the
     * load and not to what the thread does next.
     */
    synchronized void exitStopped() {
        RUNNER.setVolatile(this, null);
        if (extras().interrupted) {
            extras().interrupted = false;
            Thread.interrupted();
        }
    }

    /** Remembers how to stop a load that goes on without a thread. Look afterwards whether it has landed meanwhile. */
    synchronized void onStop(Runnable newBrake) {
        brake = newBrake;
    }

    /**
     * Stops the load of a flight that somebody else has landed: interrupts its thread, once. If it goes on without a
     * thread, returns how to stop it, which may run code of the user's; once.
     */
    synchronized @Nullable Runnable stop() {
        var thread = (Thread) RUNNER.getVolatile(this);
        if (thread != null) {
            extras().interrupted = true;
            thread.interrupt();
        }
        var toRun = brake;
        brake = null;
        return toRun;
    }

    long age(long now) {
        return Math.max(0, now - tookOff);
    }

    /** Which load of the group this is; 0 if nobody listens. */
    synchronized long number() {
        return extras().number;
    }

    /** True once for each load. */
    synchronized boolean reportStuck() {
        boolean first = !extras().reportedStuck;
        extras().reportedStuck = true;
        return first;
    }

    // The outcome

    /**
     * Publishes the outcome of a flight whose LANDED the calling thread has set; then those who sit are to be woken.
     *
     * @param nobodyElse whether the only caller is the calling thread's own, so that nobody can be about to park
     */
    void touchDown(@Nullable Object valueOrFailure, boolean nobodyElse) {
        Object written = valueOrFailure == null ? NULL : valueOrFailure;
        if (nobodyElse) {
            OUTCOME.setRelease(this, written);
        } else {
            OUTCOME.setVolatile(this, written);
        }
    }

    boolean hasOutcome() {
        return OUTCOME.getVolatile(this) != null;
    }

    @Nullable
    Failure failure() {
        return OUTCOME.getAcquire(this) instanceof Failure f ? f : null;
    }

    /** The value of a flight that has touched down; throws what the load failed with. */
    @SuppressWarnings({"unchecked", "NullAway"}) // besides values, only the two things handled here are ever written
    V value() {
        var found = OUTCOME.getAcquire(this);
        if (found instanceof Failure f) {
            throw Sneaky.rethrow(f.cause());
        }
        return (V) (found == NULL ? null : found);
    }

    Result<V> result() {
        return new Result<>(value(), callers() > 1);
    }

    // Telling of it

    FlightSnapshot<K> snapshot(long now) {
        return new FlightSnapshot<>(key, Duration.ofNanos(age(now)), callers(), runner());
    }

    /** The key and the group, for messages. */
    String describe() {
        return Text.of(group.name(), key);
    }

    @Override
    public String toString() {
        return "Flight of " + describe() + ", " + callers() + " aboard";
    }
}
