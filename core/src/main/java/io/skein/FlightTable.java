package io.skein;

import io.skein.event.FlightEvent;
import io.skein.event.FlightOutcome;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The flights of a group, from take-off to landing: which can be joined, and what has to be done when one lands, is
 * forgotten, abandoned or handed over. Every flight takes off in {@link #takeOff} and ends in {@link #touchDown}.
 *
 * <p>A flight that can be joined is in the table, under its key. It leaves the table before its callers are released,
 * so that the key is free when they return. A forgotten one leaves the table at once and is a stray until it lands.
 */
final class FlightTable<K, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger(Group.class.getName());

    /** With room for many flights, neighbouring ones seldom share a cache line of the table. */
    private static final int INITIAL_CAPACITY = 4_096;

    /** The futures that a thread in {@link #landTogether} has to have told. */
    private static final ThreadLocal<@Nullable List<Seat>> LANDING_TOGETHER = new ThreadLocal<>();

    private final Group<K, V> group;
    private final GroupSettings settings;
    private final Clock clock;
    private final News news;
    private final Executor ground;
    private final Steward<K, V> steward;

    private final ConcurrentHashMap<K, Flight<K, V>> flights = new ConcurrentHashMap<>(INITIAL_CAPACITY);
    private final Set<Flight<K, V>> strays = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger(); // counted only if maxFlights is set
    private volatile boolean closed;

    FlightTable(Group<K, V> group, GroupSettings settings, Clock clock, News news, Executor ground) {
        this.group = group;
        this.settings = settings;
        this.clock = clock;
        this.news = news;
        this.ground = ground;
        this.steward = new Steward<>(this, settings, clock, news, ground);
    }

    // On the way in

    @Nullable
    Flight<K, V> get(K key) {
        return flights.get(key);
    }

    /** Boards the flight of this key; null if there is none. */
    @Nullable
    Flight<K, V> join(K key) {
        while (true) {
            var flight = flights.get(key);
            if (flight == null) {
                return null;
            }
            switch (flight.board(settings.maxCallersPerFlight())) {
                case ABOARD -> {
                    news.joined(flight);
                    return flight;
                }
                case FULL -> throw flightIsFull(key);
                case GONE -> { // landed, and its lander has not come to this yet
                    flight.awaitActions();
                    flights.remove(key, flight);
                }
            }
        }
    }

    /**
     * Puts a new flight into the table, with its leader aboard; null if another was faster.
     *
     * @param runner the thread that is going to run the load, if it is the leader's own
     */
    @Nullable
    Flight<K, V> takeOff(K key, @Nullable Thread runner) {
        checkOpen();
        if (settings.maxFlights() != GroupSettings.UNLIMITED && !countFlight()) {
            if (flights.containsKey(key)) {
                return null;
            }
            throw rejected(key, "as many flights are in progress as maxFlights allows: " + settings.maxFlights());
        }
        var flight = new Flight<>(group, key, runner, clock.takeOff(), news.nextNumber());
        if (flights.putIfAbsent(key, flight) != null) {
            uncountFlight();
            return null;
        }
        steward.tookOff();
        news.tookOff(flight);
        if (closed) { // close() may have looked through the table before the flight was there
            refuse(flight, cancellation(flight), FlightOutcome.CANCELLED);
        }
        return flight;
    }

    /** Never counts beyond the limit, not even for a moment: another caller would be refused for nothing. */
    private boolean countFlight() {
        int now;
        do {
            now = inFlight.get();
            if (now >= settings.maxFlights()) {
                return false;
            }
        } while (!inFlight.compareAndSet(now, now + 1));
        return true;
    }

    private void uncountFlight() {
        if (settings.maxFlights() != GroupSettings.UNLIMITED) {
            inFlight.decrementAndGet();
        }
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("group " + Text.quote(settings.name()) + " is closed");
        }
    }

    LoadRejectedException flightIsFull(K key) {
        return rejected(key, "it has as many callers as maxCallersPerFlight allows: " + settings.maxCallersPerFlight());
    }

    private LoadRejectedException rejected(K key, String why) {
        news.rejected(key);
        return new LoadRejectedException("refused " + Text.of(settings.name(), key) + ", " + why, null);
    }

    /** An asynchronous caller that has taken a seat has a deadline of its own. */
    void watchTime(long deadline) {
        steward.expect(deadline);
    }

    // On the way out

    /** Takes a caller out of a flight. False if it has landed, and the outcome is for this caller too. */
    boolean leave(Flight<K, V> flight, @Nullable Seat seat) {
        var leaving = flight.leave();
        left(flight, seat, leaving);
        return leaving != Flight.Leaving.LANDED;
    }

    /** Does what has to be done after {@link Flight#leave}. */
    void left(Flight<K, V> flight, @Nullable Seat seat, Flight.Leaving leaving) {
        boolean blocking = seat != null && seat.future() == null;
        if (leaving != Flight.Leaving.LANDED && seat != null) {
            flight.empty(seat);
        }
        if (leaving == Flight.Leaving.LEFT_LAST) {
            // nobody is aboard to get an outcome, but callers of loadFresh may wait for the flight to be gone
            var nobody = new CancellationException("every caller left the load of " + flight.describe());
            touchDown(flight, new Flight.Failure(nobody), false);
            var brake = flight.stop();
            release(flight, true);
            if (brake != null && blocking) {
                elsewhere(brake); // a thread has given up waiting, and does not wait for the source to give up
            } else if (brake != null) {
                brake.run(); // like the cancellation of a future by the one it depends on
            }
            news.abandoned(flight);
            news.landed(flight, null, FlightOutcome.CANCELLED);
        }
    }

    /**
     * Takes the interrupted leader out of its flight, and lets a follower take over. False if the flight has landed.
     *
     * @param leader its future; null if it is a blocking caller
     */
    boolean handOver(Flight<K, V> flight, @Nullable CallerFuture<K, V, ?> leader) {
        var event = news.of(flight); // before a successor makes it another load
        var leaving = leader == null ? flight.handOver() : leader.handOver(flight);
        if (leaving == Flight.Leaving.LEFT) {
            news.handedOver(event);
            wake(flight, false);
        } else {
            left(flight, null, leaving);
        }
        return leaving != Flight.Leaving.LANDED;
    }

    /**
     * Takes the lead of a vacant flight: whoever gets true has to load. A caller whose ticker throws here has not got
     * it, and leaves; the others try for themselves.
     */
    boolean claim(Flight<K, V> flight) {
        if (!flight.claim(clock.takeOff(), news.nextNumber())) {
            return false;
        }
        news.tookOver(flight);
        return true;
    }

    // Forgetting

    /**
     * Forgets the flight of this key and runs an action in one step.
     *
     * @param only the flight to forget; null for whichever is there
     * @return whether a flight was forgotten
     */
    boolean forget(K key, @Nullable Flight<K, V> only, int ifCallersAtMost, Runnable action) {
        var forgotten = new Forgotten<K, V>();
        try {
            flights.compute(key, (k, flight) -> {
                if (flight != null && (only == null || flight == only)) {
                    forgotten.flight = forget(flight, ifCallersAtMost);
                }
                action.run();
                return forgotten.flight == null ? flight : null;
            });
        } finally {
            var flight = forgotten.flight;
            if (flight != null) {
                flights.remove(key, flight); // still there if the action threw
                wake(flight, true);
                news.forgotten(flight);
            }
        }
        return forgotten.flight != null;
    }

    void forgetAll() {
        flights.forEach((key, flight) -> forget(key, flight, Flight.MOST_CALLERS, () -> {}));
    }

    private static final class Forgotten<K, V extends @Nullable Object> {
        @Nullable
        Flight<K, V> flight;
    }

    /** A stray first and forgotten then, so that its landing, which takes it out again, finds it there. */
    private @Nullable Flight<K, V> forget(Flight<K, V> flight, int ifCallersAtMost) {
        if (flight.isForgotten()) {
            return null;
        }
        strays.add(flight);
        if (flight.forget(ifCallersAtMost)) {
            return flight;
        }
        strays.remove(flight);
        return null;
    }

    // Landing

    /** Lands a flight on behalf of its load, which has ended. Does nothing if somebody else has landed it. */
    void land(Flight<K, V> flight, @Nullable Object outcome, FlightOutcome kind, boolean onCallersThread) {
        if (flight.land()) {
            touchDown(flight, outcome, onCallersThread && flight.callers() == 1);
            news.landed(flight, outcome, kind);
            release(flight, onCallersThread);
        } else {
            flight.exitStopped();
        }
    }

    /** Lands a flight on behalf of anybody else, for instance an executor that does not take its load. */
    void refuse(Flight<K, V> flight, Throwable reason, FlightOutcome kind) {
        if (landFromOutside(flight, reason)) {
            var event = news.of(flight);
            stop(flight);
            elsewhere(() -> windUp(flight, event, kind));
        }
    }

    /** Stops the load of a flight that somebody else has landed. What the source does about it holds up nobody. */
    void stop(Flight<K, V> flight) {
        var brake = flight.stop();
        if (brake != null) {
            elsewhere(brake);
        }
    }

    void timeOut(Flight<K, V> flight) {
        var runner = flight.runner();
        var stack = runner == null ? null : new StackOfLoad(runner, runner.getStackTrace());
        var message = "loadTimeout " + Duration.ofNanos(settings.loadTimeout()) + " is over for the load of "
                + flight.describe();
        var timeout = new LoadTimeoutException(message, stack);
        if (flight.landTimedOut(timeout)) {
            var event = news.of(flight);
            wakeThreads(flight, timeout);
            stop(flight);
            elsewhere(() -> windUp(flight, event, FlightOutcome.TIMEOUT));
        }
    }

    private static CancellationException cancellation(Flight<?, ?> flight) {
        return new CancellationException("the group was closed during the load of " + flight.describe());
    }

    /** Lands a flight and wakes its threads. True if the calling thread did, and then has to stop and {@link #windUp}. */
    private boolean landFromOutside(Flight<K, V> flight, Throwable reason) {
        if (!flight.landFromOutside()) {
            return false;
        }
        wakeThreads(flight, reason);
        return true;
    }

    private void wakeThreads(Flight<K, V> flight, Throwable reason) {
        touchDown(flight, new Flight.Failure(reason), false);
        flight.wakeThreads();
    }

    /** What may run code of the user's: tells listeners and futures. */
    private void windUp(Flight<K, V> flight, @Nullable FlightEvent event, FlightOutcome kind) {
        news.landed(event, flight, flight.failure(), kind);
        release(flight, false);
    }

    /** Out of the table, then the outcome: when a caller returns, the key is free. */
    private void touchDown(Flight<K, V> flight, @Nullable Object outcome, boolean nobodyElse) {
        try {
            flights.remove(flight.key(), flight);
            if (flight.isForgotten()) {
                strays.remove(flight);
            }
        } catch (RuntimeException | Error e) { // of the key's own methods; its callers are released all the same
            LOG.log(Level.ERROR, "a key of group " + Text.quote(settings.name()) + " cannot be removed", e);
        }
        uncountFlight();
        flight.touchDown(outcome, nobodyElse);
    }

    // Waking

    /**
     * Wakes the callers of a flight that has landed, threads first, since the dependents of a future may take their
     * time.
     *
     * @param onCallersThread whether dependents must not run on the calling thread, since it is a caller's own
     */
    private void release(Flight<K, V> flight, boolean onCallersThread) {
        flight.wakeThreads();
        var futures = flight.takeFutures();
        if (futures == null) {
            return;
        }
        var together = LANDING_TOGETHER.get();
        if (together != null) {
            together.add(futures);
        } else if (onCallersThread) {
            tellElsewhere(futures, seat -> true);
        } else {
            tell(futures);
        }
    }

    /** Tells no futures before the action is done, and then on another thread. */
    void landTogether(Runnable action) {
        if (LANDING_TOGETHER.get() != null) {
            action.run();
            return;
        }
        var futures = new ArrayList<Seat>();
        LANDING_TOGETHER.set(futures);
        try {
            action.run();
        } finally {
            LANDING_TOGETHER.remove();
            if (!futures.isEmpty()) {
                elsewhere(() -> futures.forEach(FlightTable::tell));
            }
        }
    }

    private void elsewhere(Runnable work) {
        try {
            ground.execute(work);
        } catch (RejectedExecutionException | OutOfMemoryError e) { // closed, or no thread to be had: here after all
            work.run();
        }
    }

    /** Their threads first, as with those of blocking callers: they take the outcome themselves. */
    private static void tell(@Nullable Seat futures) {
        for (var seat = futures; seat != null; seat = seat.next) {
            var future = seat.future();
            if (future != null) {
                future.unpark();
            }
        }
        for (var seat = futures; seat != null; seat = seat.next) {
            var future = seat.future();
            if (future != null) {
                future.look();
            }
        }
    }

    /**
     * Wakes the callers of a flight that goes on, for a hand-over; or those that only watch it, when it was forgotten.
     */
    private void wake(Flight<K, V> flight, boolean watching) {
        for (var seat = flight.threads(); seat != null; seat = seat.next) {
            if (seat.isWatching() == watching) {
                seat.unpark();
            }
        }
        tellElsewhere(flight.futures(), seat -> seat.isWatching() == watching);
    }

    /** Tells these futures on another thread, if it concerns any of them. */
    private void tellElsewhere(@Nullable Seat futures, Predicate<Seat> concerns) {
        for (var seat = futures; seat != null; seat = seat.next) {
            if (seat.future() != null && concerns.test(seat)) {
                elsewhere(() -> tell(futures));
                return;
            }
        }
    }

    /** Parks until the outcome of a landed flight is there: as long as its lander needs to write it down. */
    void awaitOutcome(Flight<K, V> flight) {
        if (flight.hasOutcome()) {
            return;
        }
        flight.sit(new Seat(flight, Thread.currentThread(), false, clock, 0, false));
        boolean interrupted = false;
        while (!flight.hasOutcome()) {
            LockSupport.park(flight);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // All of them

    /**
     * Visits the flights that have not landed, forgotten ones included. Those first that are forgotten last: one that
     * is forgotten meanwhile is visited twice rather than never.
     */
    void forEachInProgress(Consumer<Flight<K, V>> visitor) {
        flights.values().forEach(visitor);
        strays.forEach(visitor);
    }

    boolean isEmpty() {
        return flights.isEmpty() && strays.isEmpty();
    }

    List<FlightSnapshot<K>> joinable() {
        return snapshot(flights.values(), flight -> !flight.isGone());
    }

    List<FlightSnapshot<K>> forgotten() {
        return snapshot(strays, flight -> flight.isForgotten() && !flight.isLanded());
    }

    private List<FlightSnapshot<K>> snapshot(Collection<Flight<K, V>> some, Predicate<Flight<K, V>> which) {
        long now = clock.now();
        return some.stream().filter(which).map(flight -> flight.snapshot(now)).toList();
    }

    /**
     * All land before any future is told, since what depends on one may wait for another; and sources come last, since
     * they may take their time.
     */
    void close() {
        closed = true;
        var tidings = new ArrayList<Runnable>();
        var brakes = new ArrayList<Runnable>();
        forEachInProgress(flight -> {
            if (landFromOutside(flight, cancellation(flight))) {
                var event = news.of(flight);
                tidings.add(() -> windUp(flight, event, FlightOutcome.CANCELLED));
                var brake = flight.stop();
                if (brake != null) {
                    brakes.add(brake);
                }
            }
        });
        tidings.forEach(Runnable::run);
        brakes.forEach(Runnable::run);
    }
}
