package io.skein.load;

import io.skein.Flight;
import io.skein.internal.LeaderContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One hedged load: the replicas that have been asked, and the result they race for.
 *
 * <pre>
 *   RUNNING ──first value, all failed, or the result was given up──▶ OVER
 * </pre>
 *
 * <p>The monitor guards the fields below; no user code runs under it. Whoever makes it OVER takes the attempts that
 * still run, and the timer, out under the monitor, and cancels them after that; so each is cancelled once, and none that
 * is added later is overlooked, since none is added to what is OVER. A replica is asked by whoever counts it up: a timer
 * does so only if nobody has since it was set.
 */
final class Race<K, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger(Hedging.class.getName());

    private final Hedging<K, V> hedging;
    private final K key;
    private final @Nullable Flight<?, ?> flight;
    private final @Nullable Object context = LeaderContext.capture();
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private final long began;

    private final List<Attempt<K, V>> running = new ArrayList<>(2);
    private int asked;
    private boolean over;
    private @Nullable Throwable failure;
    private @Nullable Future<?> timer;

    Race(Hedging<K, V> hedging, K key, @Nullable Flight<?, ?> flight) {
        this.hedging = hedging;
        this.key = key;
        this.flight = flight;
        this.began = hedging.settings().ticker().read();
    }

    CompletableFuture<V> start() {
        var unused = result.whenComplete((value, e) -> givenUp());
        ask(0, true);
        return result;
    }

    K key() {
        return key;
    }

    @Nullable
    Flight<?, ?> flight() {
        return flight;
    }

    // Asking

    /**
     * Asks the next replica, unless it has been asked, or may not be.
     *
     * @param next which one it has to be
     */
    private boolean ask(int next, boolean here) {
        var attempt = count(next);
        if (attempt == null) {
            return false;
        }
        attempt.start(here);
        setTimer();
        return true;
    }

    private synchronized @Nullable Attempt<K, V> count(int next) {
        var replicas = hedging.settings().replicas();
        if (over || next != asked || next == replicas.size()) {
            return null;
        }
        if (next > 0) {
            if (!hedging.budget().tryTake()) {
                hedging.overBudget.increment();
                return null;
            }
            hedging.hedges.increment();
        }
        asked++;
        var attempt = Attempt.of(this, replicas.get(next), next == 0);
        running.add(attempt);
        return attempt;
    }

    private void setTimer() {
        long delay = hedging.lateness().nanos();
        int next;
        synchronized (this) {
            next = asked;
            if (over || next == hedging.settings().replicas().size() || delay == Lateness.NEVER) {
                return;
            }
        }
        Future<?> set;
        try {
            set = hedging.settings()
                    .scheduler()
                    .schedule(Runnable::run, () -> ask(next, false), delay, TimeUnit.NANOSECONDS);
        } catch (RuntimeException | Error e) { // of the user's: a load goes without hedges rather than fail
            LOG.log(Level.WARNING, "the scheduler of a Hedging failed", e);
            return;
        }
        Future<?> obsolete;
        synchronized (this) {
            boolean late = over || asked != next;
            obsolete = late ? set : timer;
            timer = late ? timer : set;
        }
        cancel(obsolete);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer == null) {
            return;
        }
        try {
            timer.cancel(false);
        } catch (RuntimeException | Error e) { // of the user's: it rings for nothing
            LOG.log(Level.DEBUG, "a timer of a Hedging cannot be cancelled", e);
        }
    }

    /**
     * On the executor, with what the load's thread carried.
     *
     * @param onFailure is told what the task throws, or what keeps that from being restored
     * @throws RuntimeException if the executor takes no more
     */
    void execute(Runnable task, Consumer<Throwable> onFailure) {
        var wrapped = LeaderContext.wrap(context, task);
        hedging.settings().executor().execute(() -> {
            try {
                wrapped.run();
            } catch (Throwable e) {
                onFailure.accept(e);
            }
        });
    }

    /** The calling thread works for this load from now on (G11). */
    synchronized void attend(Attempt<K, V> attempt) {
        if (flight != null && running.contains(attempt)) { // else the flight may have another load by now
            attempt.attendant = Thread.currentThread();
            flight.attendedBy(attempt.attendant);
        }
    }

    /** To be called under the monitor. */
    private void unattended(Attempt<K, V> attempt) {
        if (flight != null && attempt.attendant != null) {
            flight.unattendedBy(attempt.attendant);
            attempt.attendant = null;
        }
    }

    // Ending

    void succeeded(Attempt<K, V> winner, V value) {
        var losers = end(winner);
        if (losers == null) {
            return;
        }
        if (winner.isFirst()) {
            hedging.lateness().took(elapsed());
        } else {
            learn(losers);
            hedging.hedgesWon.increment();
        }
        cancel(losers);
        result.complete(value);
    }

    /** Does nothing if the result is there because somebody has answered. */
    private void givenUp() {
        var losers = end(null);
        if (losers != null) {
            learn(losers);
            cancel(losers);
        }
    }

    /** The first replica was too slow for this load, so it counts as slow. */
    private void learn(List<Attempt<K, V>> losers) {
        if (losers.stream().anyMatch(Attempt::isFirst)) {
            hedging.lateness().took(elapsed());
        }
    }

    private long elapsed() {
        try {
            return Math.max(0, hedging.settings().ticker().read() - began);
        } catch (RuntimeException | Error e) { // of the user's ticker: the value is there
            LOG.log(Level.WARNING, "the ticker of a Hedging failed", e);
            return 0;
        }
    }

    void failed(Attempt<K, V> loser, Throwable e) {
        int next;
        synchronized (this) {
            if (!running.remove(loser)) {
                return;
            }
            unattended(loser);
            if (failure == null) {
                failure = e;
            } else {
                suppress(failure, e);
            }
            next = asked;
        }
        if (ask(next, false)) {
            return;
        }
        List<Attempt<K, V>> none;
        Throwable all;
        synchronized (this) {
            all = failure;
            none = running.isEmpty() ? end(null) : null; // in one step: a timer may want to ask the next meanwhile
        }
        if (none != null && all != null) {
            cancel(none); // the timer
            result.completeExceptionally(all);
        }
    }

    /** One and the same exception, thrown at every turn, does not gather more and more. */
    private void suppress(Throwable first, Throwable e) {
        if (first != e
                && first.getSuppressed().length < hedging.settings().replicas().size()) {
            first.addSuppressed(e);
        }
    }

    /** Makes it OVER. Returns what is to be cancelled; null if it was OVER before. */
    private synchronized @Nullable List<Attempt<K, V>> end(@Nullable Attempt<K, V> winner) {
        if (over) {
            return null;
        }
        over = true;
        running.forEach(this::unattended);
        running.remove(winner);
        var losers = List.copyOf(running);
        running.clear();
        return losers;
    }

    /** Those that have lost, and the timer. A source whose cancel blocks holds up nobody. */
    private void cancel(List<Attempt<K, V>> losers) {
        Future<?> set;
        synchronized (this) {
            set = timer;
            timer = null;
        }
        cancel(set);
        losers.forEach(Attempt::cancel);
    }
}
