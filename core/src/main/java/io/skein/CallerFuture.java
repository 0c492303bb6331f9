package io.skein;

import static java.util.Objects.requireNonNull;

import io.skein.internal.LeaderContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of one asynchronous caller, and of nobody else (G6): whoever completes or cancels it makes this caller
 * leave its flight, and touches no other.
 *
 * <pre>
 *   WATCHING ──flight gone──▶ BOARDING ──▶ ABOARD ──outcome──▶ (done)
 *      └───────────────────────┴────────────┴──cancel, complete, timeout──▶ LEFT
 * </pre>
 *
 * <p>The phase is moved under this future's monitor, under which no user code runs. It becomes LEFT <em>before</em> the
 * caller is counted out of the flight, and ABOARD again if the flight turns out to have landed. So a lander that did
 * not count this caller sees LEFT and gives it nothing; and a caller that was counted gets the outcome, from the lander
 * or from its own attempt to leave.
 *
 * @param <T> V or Result of V
 */
final class CallerFuture<K, V extends @Nullable Object, T extends @Nullable Object> extends CompletableFuture<T>
        implements Waiting {
    private enum Phase {
        WATCHING,
        BOARDING,
        ABOARD,
        LEFT
    }

    /** How this caller loads, if it comes to lead. */
    @FunctionalInterface
    interface TakeOff<K, V extends @Nullable Object> {
        /**
         * Starts the load; {@code own} tells whether the calling thread is the caller's own. False if the caller has
         * left, handing the flight over.
         */
        boolean start(Flight<K, V> flight, CallerFuture<K, V, ?> leader, boolean own);
    }

    private final Group<K, V> group;
    private final K key;
    private final TakeOff<K, V> takeOff;
    private final boolean wantsResult;
    private final boolean ownTimeout;
    private final long deadline;

    // Written under the monitor; except that the seat is dropped without it once this future is done.
    private volatile Phase phase = Phase.BOARDING;
    private volatile @Nullable Flight<K, V> flight; // aboard, or watched
    private @Nullable Seat seat;
    private volatile @Nullable List<Thread> parked; // in get or join

    /** What the caller's thread carried, for its load on another thread. */
    private @Nullable Object context;

    /** @param timeout this call's own, in nanoseconds, 0 for none; null if the group's holds for it */
    CallerFuture(Group<K, V> group, K key, TakeOff<K, V> takeOff, boolean wantsResult, @Nullable Long timeout) {
        this.group = group;
        this.key = key;
        this.takeOff = takeOff;
        this.wantsResult = wantsResult;
        this.ownTimeout = timeout != null;
        this.deadline =
                timeout == null ? group.clock().deadline() : group.clock().deadline(timeout);
        this.context = LeaderContext.capture();
    }

    K key() {
        return key;
    }

    @Nullable
    Object context() {
        return context;
    }

    // On the way in

    /** Waits for a flight to be gone, then boards. False if too many do. */
    boolean watch(Flight<K, V> old, int most) {
        if (!old.watch(most) || !enter(old, Phase.WATCHING)) {
            return false;
        }
        sit();
        return true;
    }

    /** This caller has been counted for this flight. False if it has left meanwhile, and has to be counted out. */
    boolean aboard(Flight<K, V> joined) {
        return enter(joined, Phase.ABOARD);
    }

    private synchronized boolean enter(Flight<K, V> where, Phase next) {
        if (phase == Phase.LEFT) {
            return false;
        }
        flight = where; // before the phase, and read after it: nobody takes the old flight for the one it is aboard
        phase = next;
        seat = new Seat(where, this, next == Phase.WATCHING, group.clock(), deadline, ownTimeout);
        return true;
    }

    /** Takes the seat; {@link #look} afterwards. */
    void sit() {
        Flight<K, V> where;
        Seat taken;
        synchronized (this) {
            where = flight;
            taken = seat;
        }
        if (where == null || taken == null) { // left meanwhile
            return;
        }
        where.sit(taken);
        if (ownTimeout) {
            group.table().watchTime(deadline);
        }
        unpark(); // they wait for another flight now, and perhaps in a circle
    }

    boolean start(Flight<K, V> led, boolean own) {
        return takeOff.start(led, this, own);
    }

    // Signals

    /**
     * Looks what is new, after this caller has taken a seat, and whenever it is woken. Any thread, any number of times.
     */
    void look() {
        var now = phase;
        var current = flight;
        if (current == null || isDone()) {
            return;
        }
        switch (now) {
            case WATCHING -> {
                if (current.isGone() && stopWatching(current)) {
                    inContext(() -> group.embark(this, false));
                }
            }
            case ABOARD -> {
                if (current.hasOutcome()) {
                    deliver(current);
                } else if (current.isVacant()) {
                    inContext(() -> claim(current));
                }
            }
            case BOARDING, LEFT -> {}
        }
    }

    /** What this caller does on somebody else's thread, with what its own carried: listeners may look at that. */
    private void inContext(Runnable action) {
        try {
            LeaderContext.wrap(context, action).run();
        } catch (RuntimeException | Error e) { // of the user's ticker or context
            fail(e);
        }
    }

    private void claim(Flight<K, V> vacant) {
        if (group.table().claim(vacant)) {
            start(vacant, false);
        }
    }

    private boolean stopWatching(Flight<K, V> old) {
        Seat left;
        synchronized (this) {
            if (phase != Phase.WATCHING) {
                return false;
            }
            phase = Phase.BOARDING;
            left = requireNonNull(seat);
            seat = null;
        }
        old.unwatch(left);
        return true;
    }

    private void deliver(Flight<K, V> landed) {
        var failure = landed.failure();
        if (failure != null) {
            super.completeExceptionally(failure.cause());
        } else {
            @SuppressWarnings("unchecked") // T is what wantsResult says
            T value = (T) (wantsResult ? landed.result() : landed.value());
            super.complete(value);
        }
        release();
    }

    /**
     * Done: wakes those who wait, and drops the seat, since from one seat to the next a future that somebody keeps
     * would keep all the others.
     */
    private void release() {
        seat = null;
        context = null;
        unpark();
    }

    /** For reasons of Skein's own. */
    void fail(Throwable reason) {
        completeExceptionally(reason);
    }

    // On the way out

    /**
     * Leaves the flight. False if it had landed: then this future has got the outcome. Who gets true completes this
     * future and then calls {@link #release}.
     */
    private boolean disembark() {
        Flight<K, V> left;
        Seat emptied;
        boolean watched;
        var leaving = Flight.Leaving.LEFT;
        synchronized (this) {
            left = flight;
            emptied = seat;
            watched = phase == Phase.WATCHING;
            if (isDone() || phase == Phase.LEFT || left == null || emptied == null) {
                phase = Phase.LEFT;
                return true;
            }
            phase = Phase.LEFT;
            if (!watched) {
                leaving = left.leave();
                if (leaving == Flight.Leaving.LANDED) {
                    phase = Phase.ABOARD;
                }
            }
        }
        if (leaving != Flight.Leaving.LANDED) {
            flight = null; // and its outcome with it
        }
        if (watched) {
            left.unwatch(emptied);
        } else if (leaving == Flight.Leaving.LANDED) {
            group.table().awaitOutcome(left);
            deliver(left);
            return false;
        } else {
            group.table().left(left, emptied, leaving);
        }
        return true;
    }

    /** The interrupted leader of a load on its own thread leaves, and the lead with it. */
    Flight.Leaving handOver(Flight<K, V> led) {
        synchronized (this) {
            phase = Phase.LEFT;
            var leaving = led.handOver();
            if (leaving == Flight.Leaving.LANDED) {
                phase = Phase.ABOARD;
            }
            return leaving;
        }
    }

    @Override
    public boolean complete(T value) {
        if (!disembark()) {
            return false;
        }
        boolean completed = super.complete(value);
        release();
        return completed;
    }

    @Override
    public boolean completeExceptionally(Throwable ex) {
        requireNonNull(ex);
        if (!disembark()) {
            return false;
        }
        boolean completed = super.completeExceptionally(ex);
        release();
        return completed;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!disembark()) {
            return isCancelled();
        }
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        release();
        return cancelled;
    }

    @Override
    public void obtrudeValue(T value) {
        disembark();
        super.obtrudeValue(value);
        release();
    }

    @Override
    public void obtrudeException(Throwable ex) {
        requireNonNull(ex);
        disembark();
        super.obtrudeException(ex);
        release();
    }

    /** The inherited one completes the future past the methods above. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        requireNonNull(supplier);
        executor.execute(() -> {
            if (!isDone()) {
                try {
                    complete(supplier.get());
                } catch (Throwable e) {
                    completeExceptionally(e instanceof CompletionException ? e : new CompletionException(e));
                }
            }
        });
        return this;
    }

    /** Dependents are ordinary futures: cancelling one has never touched the future it depends on. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    // Waiting for it: a load that waits for a future of its own key would wait for ever (G11)

    @Override
    public T join() {
        park(null);
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        park(null);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
        park(end);
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    public @Nullable Flight<?, ?> waitsFor() {
        var now = phase;
        var current = flight;
        if (current == null || isDone() || current.isLanded() || (now != Phase.ABOARD && current.isGone())) {
            return null;
        }
        return current;
    }

    /**
     * Parks until this future is done, the thread is interrupted, or the time has come; the inherited method does the
     * rest. It parks here so that {@link LoadCycles} can see what the thread waits for.
     */
    private void park(@Nullable Long end) {
        look(); // the outcome may be there, and its lander busy with the dependents of another caller
        if (isDone()) {
            return;
        }
        var thread = Thread.currentThread();
        synchronized (this) {
            var threads = parked == null ? new ArrayList<Thread>(1) : parked;
            threads.add(thread);
            parked = threads;
        }
        try {
            Parking.await(new ForkJoinPool.ManagedBlocker() {
                @Override
                public boolean isReleasable() {
                    return isDone()
                            || hasArrived()
                            || thread.isInterrupted()
                            || (end != null && end - System.nanoTime() <= 0);
                }

                @Override
                public boolean block() {
                    return Parking.block(
                            CallerFuture.this, this, end == null ? Parking.FOR_EVER : end - System.nanoTime());
                }
            });
        } finally {
            synchronized (this) {
                requireNonNull(parked).remove(thread);
            }
        }
        look();
    }

    /** Whether there is an outcome to be looked at. */
    private boolean hasArrived() {
        var now = phase;
        var current = flight;
        return now == Phase.ABOARD && current != null && current.hasOutcome();
    }

    /** Wakes the threads in get or join. */
    void unpark() {
        if (parked == null) {
            return;
        }
        List<Thread> threads;
        synchronized (this) {
            threads = parked == null ? List.of() : List.copyOf(parked);
        }
        threads.forEach(LockSupport::unpark);
    }
}
