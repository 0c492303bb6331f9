package io.skein;

import static java.util.Objects.requireNonNull;

import io.skein.internal.Dispatched;
import io.skein.internal.LeaderContext;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of keys whose concurrent loads are collapsed: while a load of a key is in flight, everybody who asks for
 * that key joins it and gets its outcome. Nothing is remembered after the landing; for that, there is the cache.
 *
 * <pre>{@code
 * Group<String, User> users = Group.create("users");
 * User user = users.load("user:42", key -> dao.find(42));
 * }</pre>
 *
 * <p><b>Callers</b> may be platform threads, virtual threads and asynchronous callers, mixed at will. The first to
 * arrive leads the flight with its own loader; the loaders of those that follow are not called. The blocking methods
 * and {@code supplyAsync} take a loader that blocks, {@code loadAsync} and its like one that answers with a future.
 *
 * <p><b>Failures.</b> A load that fails, fails for all its callers, with the one exception its loader threw: the
 * blocking methods throw it as it is, futures complete with it. Nothing is retried, and the next caller loads again
 * (G5). Checked exceptions are thrown without being declared, so {@code catch (SQLException e)} around a call does not
 * compile; catch {@code Exception} and look, or let the surrounding method declare it. Since all callers get the same
 * instance, none should add suppressed exceptions to it.
 *
 * <p><b>Threads.</b> A blocking load runs on its leader's thread, so that transactions and thread-locals are as its
 * author expects. As soon as {@code callerTimeout}, {@code loadTimeout} or {@code executor} is set, it runs on an
 * executor, since a thread cannot abandon its own call (G10).
 *
 * <p><b>Giving up.</b> A caller that is interrupted, times out, or cancels its future ends its own wait and nobody
 * else's (G6). When the last one has left, the load is cancelled (G8).
 *
 * <p>Keys need a proper {@code equals} and {@code hashCode}, and null is no key. All methods may be called by any
 * thread at any time.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Group<K, V extends @Nullable Object> implements AutoCloseable {
    private final GroupSettings settings;
    private final Clock clock;
    private final Crew crew;
    private final Executor executor;
    private final Loads<K, V> loads;
    private final FlightTable<K, V> table;
    private final boolean onExecutor;

    Group(GroupSettings settings) {
        this.settings = settings;
        this.onExecutor = settings.onExecutor();
        this.clock = new Clock(settings);
        this.crew = new Crew(settings.name());
        var news = new News(settings, clock);
        this.table = new FlightTable<>(this, settings, clock, news, crew.ground());
        this.executor = settings.executor() == null ? crew.loads() : settings.executor();
        this.loads = new Loads<>(table, news, executor);
    }

    /**
     * A group with the default settings.
     *
     * @param name names the group in messages, thread names and metrics
     * @throws IllegalArgumentException if the name is blank
     */
    public static <K, V extends @Nullable Object> Group<K, V> create(String name) {
        return Group.<K, V>builder(name).build();
    }

    /**
     * A builder of groups.
     *
     * @param name names the group in messages, thread names and metrics
     * @throws IllegalArgumentException if the name is blank
     */
    public static <K, V extends @Nullable Object> GroupBuilder<K, V> builder(String name) {
        return new GroupBuilder<>(name);
    }

    /** The name this group was created with. */
    public String name() {
        return settings.name();
    }

    // Blocking

    /**
     * Returns the outcome of the flight of this key, after taking off with the given loader if there is none to join.
     * Blocks until the flight lands.
     *
     * @return what the loader of the flight returned
     * @throws CallerInterruptedException if this thread was interrupted while it waited, or while it ran the load; its
     *     interrupt flag stays set
     * @throws CallerTimeoutException if this caller waited longer than {@code callerTimeout}
     * @throws LoadTimeoutException if the load ran longer than {@code loadTimeout}
     * @throws LoadRejectedException if the group or the flight is full
     * @throws LoadCycleException if the flight waits, through others perhaps, for a load this thread is in
     * @throws NullPointerException if key or loader is null
     * @throws IllegalStateException if the group is closed; {@link CancellationException} if it was closed meanwhile
     */
    public V load(K key, Loader<? super K, ? extends V> loader) {
        return fly(key, loader, false, null).value();
    }

    /**
     * Like {@link #load}, for a caller that waits no longer than the given time, instead of {@code callerTimeout}. If it
     * comes to lead, the load runs on the executor, since a thread cannot abandon its own call.
     *
     * @param timeout for this call only
     * @return what the loader of the flight returned
     * @throws CallerTimeoutException if this caller waited longer than that
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public V load(K key, Loader<? super K, ? extends V> loader, Duration timeout) {
        return fly(key, loader, false, GroupBuilder.timeout(timeout)).value();
    }

    /**
     * Like {@link #load}, and tells whether others got the same outcome.
     *
     * @return what the loader of the flight returned, and whether it was shared
     */
    public Result<V> loadResult(K key, Loader<? super K, ? extends V> loader) {
        return fly(key, loader, false, null).result();
    }

    /**
     * Like {@link #load}, with the outcome of a load that took off after this call began (G12): a write that was done
     * before it is seen. Joins no flight that is already under way; all that wait for the same one to end share the
     * next.
     *
     * @return what the loader of the flight returned
     */
    public V loadFresh(K key, Loader<? super K, ? extends V> loader) {
        return fly(key, loader, true, null).value();
    }

    // Asynchronous

    /**
     * Joins the flight of this key, or takes off with the given loader, which is called on this thread. Does not block.
     *
     * @return a future of this caller's own: whatever is done to it touches no other caller. It fails with what the
     *     loader failed with, or for the reasons {@link #load} gives. Its dependents run on the thread that lands the
     *     flight, unless they are {@code ...Async}
     * @throws IllegalStateException if the group is closed
     */
    public CompletableFuture<V> loadAsync(K key, AsyncLoader<? super K, ? extends V> loader) {
        return depart(asynchronously(key, loader, false, null), false);
    }

    /**
     * Like {@link #loadAsync}, for a caller that waits no longer than the given time, instead of {@code callerTimeout}.
     *
     * @param timeout for this call only
     * @return a future of this caller's own
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public CompletableFuture<V> loadAsync(K key, AsyncLoader<? super K, ? extends V> loader, Duration timeout) {
        return depart(asynchronously(key, loader, false, GroupBuilder.timeout(timeout)), false);
    }

    /**
     * Like {@link #loadAsync}, and tells whether others got the same outcome.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<Result<V>> loadResultAsync(K key, AsyncLoader<? super K, ? extends V> loader) {
        return depart(asynchronously(key, loader, true, null), false);
    }

    /**
     * {@link #loadFresh} without blocking. The loader is called on this thread if no flight of the key is under way,
     * else later on the executor.
     *
     * @return a future of this caller's own
     */
    public CompletableFuture<V> loadFreshAsync(K key, AsyncLoader<? super K, ? extends V> loader) {
        return depart(asynchronously(key, loader, false, null), true);
    }

    /**
     * Joins the flight of this key, or takes off with a blocking loader on the executor. Does not block.
     *
     * @return a future of this caller's own, as with {@link #loadAsync}
     * @throws IllegalStateException if the group is closed
     */
    public CompletableFuture<V> supplyAsync(K key, Loader<? super K, ? extends V> loader) {
        return depart(supplied(key, loader, null), false);
    }

    /**
     * Like {@link #supplyAsync}, for a caller that waits no longer than the given time, instead of
     * {@code callerTimeout}. With a very long one, such as {@code ChronoUnit.FOREVER.getDuration()}, it stays aboard
     * until the flight lands, and so keeps the load going when all others have left (G8).
     *
     * @param timeout for this call only
     * @return a future of this caller's own
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public CompletableFuture<V> supplyAsync(K key, Loader<? super K, ? extends V> loader, Duration timeout) {
        return depart(supplied(key, loader, GroupBuilder.timeout(timeout)), false);
    }

    /**
     * {@link #loadFresh} with a blocking loader on the executor. Does not block.
     *
     * @return a future of this caller's own
     * @throws IllegalStateException if the group is closed
     */
    public CompletableFuture<V> supplyFreshAsync(K key, Loader<? super K, ? extends V> loader) {
        return depart(supplied(key, loader, null), true);
    }

    // Forgetting

    /**
     * Forgets the flight of this key: it goes on for the callers it has, but nobody else can join it, so the next
     * caller takes off anew.
     *
     * @return whether there was one
     */
    public boolean forget(K key) {
        requireKey(key);
        return table.get(key) != null && forget(key, () -> {});
    }

    /**
     * Forgets the flight of this key and runs an action in one step: no flight of this key takes off in between, and no
     * {@link Flight#ifCurrent} of the forgotten one runs after it. With this and {@code ifCurrent} a group can be put
     * in front of any store: every invalidation, and every write of a value that was not loaded, belongs into such an
     * action.
     *
     * @param action a short piece of work, such as removing the key from a map. It must not call the group, nor wait
     * @return whether there was a flight
     */
    public boolean forget(K key, Runnable action) {
        requireKey(key);
        requireNonNull(action, "action");
        return table.forget(key, null, Flight.MOST_CALLERS, action);
    }

    /** Forgets every flight that is in progress now. */
    public void forgetAll() {
        table.forgetAll();
    }

    /**
     * Forgets the flight of this key unless callers have joined it, in one step: none can join in between.
     *
     * @return whether there was one with no more than one caller
     */
    public boolean forgetUnshared(K key) {
        requireKey(key);
        return table.get(key) != null && table.forget(key, null, 1, () -> {});
    }

    // Looking and closing

    /** Whether there is a flight of this key that can be joined now. */
    public boolean isInFlight(K key) {
        requireKey(key);
        var flight = table.get(key);
        return flight != null && !flight.isGone();
    }

    /**
     * Where this group's loads run that run on no caller's thread. Tasks given to it, by whichever thread, take along
     * what the thread carries that calls this method (G10). For loads of many keys, and the like.
     */
    public Executor executor() {
        var context = LeaderContext.capture();
        return task -> {
            var wrapped = LeaderContext.wrap(context, task);
            executor.execute(
                    task instanceof Dispatched dispatched && wrapped != task
                            ? () -> run(wrapped, dispatched)
                            : wrapped);
        };
    }

    private static void run(Runnable wrapped, Dispatched task) {
        try {
            wrapped.run();
        } catch (Throwable e) { // only what restores the context can throw
            task.notRun(e);
        }
    }

    /**
     * Runs an action that completes the futures of several asynchronous loads of this group, as a batch does. Their
     * asynchronous callers are told when it is done, and on another thread: so nothing that depends on one of them can
     * hold up the landing of another, or the calling thread.
     */
    public void landTogether(Runnable action) {
        table.landTogether(requireNonNull(action, "action"));
    }

    /** The flights that can be joined at this moment. A copy; what happens later does not change it. */
    public List<FlightSnapshot<K>> flights() {
        return table.joinable();
    }

    /** The flights that were forgotten and go on for the callers they have. A copy, like {@link #flights}. */
    public List<FlightSnapshot<K>> forgottenFlights() {
        return table.forgotten();
    }

    /**
     * Refuses new callers from now on, cancels the loads in flight, and releases their callers with a {@link
     * CancellationException}. A load on its leader's own thread is interrupted. Does not wait for loads that are deaf
     * to that. Threads of the group's own end; an executor it was given is left alone. Closing again does nothing.
     */
    @Override
    public void close() {
        table.close();
        crew.close();
    }

    // Callers, blocking and not, go the same way: join a flight, else take off, else another was faster and can be
    // joined.

    /** @param timeout this call's own, in nanoseconds, 0 for none; null if the group's holds for it */
    private Flight<K, V> fly(K key, Loader<? super K, ? extends V> loader, boolean fresh, @Nullable Long timeout) {
        checkCall(key, loader);
        long deadline = timeout == null ? clock.deadline() : clock.deadline(timeout);
        boolean own = timeout != null;
        boolean elsewhere = onExecutor || own;
        if (fresh) {
            awaitGone(key, deadline, own);
        }
        while (true) {
            var flight = table.join(key);
            if (flight != null) {
                await(flight, loader, deadline, own);
                return flight;
            }
            flight = table.takeOff(key, elsewhere ? null : Thread.currentThread());
            if (flight != null) {
                if (elsewhere) {
                    loads.runOnExecutor(flight, loader, LeaderContext::capture);
                    await(flight, loader, deadline, own);
                } else {
                    lead(flight, loader);
                }
                return flight;
            }
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> depart(CallerFuture<K, V, T> caller, boolean fresh) {
        var old = fresh ? table.get(caller.key()) : null;
        if (old == null || old.isGone()) {
            embark(caller, true);
        } else if (caller.watch(old, settings.maxCallersPerFlight())) {
            caller.look();
        } else {
            caller.fail(table.flightIsFull(caller.key()));
        }
        return caller;
    }

    /** Lets an asynchronous caller join or take off; {@code own} tells whether the calling thread is its own. */
    void embark(CallerFuture<K, V, ?> caller, boolean own) {
        try {
            while (true) {
                var flight = table.join(caller.key());
                boolean leads = flight == null;
                if (flight == null) {
                    flight = table.takeOff(caller.key(), null);
                }
                if (flight != null) {
                    if (!caller.aboard(flight)) {
                        if (leads) {
                            table.handOver(flight, null); // others may have joined, and there is no load yet
                        } else {
                            table.leave(flight, null);
                        }
                    } else if (!leads || caller.start(flight, own)) {
                        caller.sit();
                        caller.look();
                    }
                    return;
                }
            }
        } catch (Throwable e) {
            caller.fail(e);
        }
    }

    private void lead(Flight<K, V> flight, Loader<? super K, ? extends V> loader) {
        loads.runOnLeader(flight, loader);
        table.awaitOutcome(flight); // there already, unless somebody else has landed it this moment
    }

    /** Waits for the outcome, or comes to lead, or leaves with an exception. */
    private void await(Flight<K, V> flight, Loader<? super K, ? extends V> loader, long deadline, boolean own) {
        if (flight.hasOutcome()) {
            return;
        }
        var seat = new Seat(flight, Thread.currentThread(), false, clock, deadline, own);
        flight.sit(seat);
        while (true) {
            var reason = seat.await();
            boolean leads = false;
            if (reason == null && !flight.hasOutcome()) {
                try {
                    leads = table.claim(flight);
                } catch (RuntimeException | Error e) { // of the user's ticker
                    reason = e;
                }
            }
            if (reason != null) {
                if (table.leave(flight, seat)) {
                    throw Sneaky.rethrow(reason);
                }
                table.awaitOutcome(flight);
                return;
            }
            if (flight.hasOutcome()) {
                flight.wakeThreads(); // help
                return;
            }
            if (leads) {
                if (onExecutor || own) {
                    loads.runOnExecutor(flight, loader, LeaderContext::capture);
                } else {
                    flight.empty(seat);
                    flight.enter();
                    lead(flight, loader);
                    return;
                }
            }
        }
    }

    private void awaitGone(K key, long deadline, boolean own) {
        var flight = table.get(key);
        if (flight == null || flight.isGone()) {
            return;
        }
        if (!flight.watch(settings.maxCallersPerFlight())) {
            throw table.flightIsFull(key);
        }
        var seat = new Seat(flight, Thread.currentThread(), true, clock, deadline, own);
        flight.sit(seat);
        var reason = seat.await();
        flight.unwatch(seat);
        if (reason != null) {
            throw Sneaky.rethrow(reason);
        }
    }

    // Small things

    private <T extends @Nullable Object> CallerFuture<K, V, T> asynchronously(
            K key, AsyncLoader<? super K, ? extends V> loader, boolean wantsResult, @Nullable Long timeout) {
        checkCall(key, loader);
        CallerFuture.TakeOff<K, V> takeOff = (flight, leader, own) -> loads.callAsync(flight, loader, leader, own);
        return new CallerFuture<>(this, key, takeOff, wantsResult, timeout);
    }

    private CallerFuture<K, V, V> supplied(K key, Loader<? super K, ? extends V> loader, @Nullable Long timeout) {
        checkCall(key, loader);
        CallerFuture.TakeOff<K, V> takeOff = (flight, leader, own) -> {
            loads.runOnExecutor(flight, loader, leader::context);
            return true;
        };
        return new CallerFuture<>(this, key, takeOff, false, timeout);
    }

    private void checkCall(K key, Object loader) {
        requireKey(key);
        if (loader == null) {
            throw new NullPointerException("loader is null, for " + Text.of(name(), key));
        }
        table.checkOpen();
    }

    private void requireKey(K key) {
        if (key == null) {
            throw new NullPointerException("key is null, for group " + Text.quote(name()));
        }
    }

    // For the classes of this package

    GroupSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    FlightTable<K, V> table() {
        return table;
    }

    @Override
    public String toString() {
        return "Group " + Text.quote(name()) + ", flights: " + flights().size();
    }
}
