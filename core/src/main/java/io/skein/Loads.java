package io.skein;

import static java.util.Objects.requireNonNull;

import io.skein.event.FlightOutcome;
import io.skein.internal.Failures;
import io.skein.internal.HandedOver;
import io.skein.internal.LeaderContext;
import io.skein.internal.Stages;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the loaders of one group: on the leader's thread, on the executor, or as an asynchronous call (G10). */
final class Loads<K, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger(Group.class.getName());

    private final FlightTable<K, V> table;
    private final News news;
    private final Executor executor;

    Loads(FlightTable<K, V> table, News news, Executor executor) {
        this.table = table;
        this.news = news;
        this.executor = executor;
    }

    /**
     * On the thread of the leader, who is this caller.
     *
     * @throws CallerInterruptedException if the load was ended by this thread's interrupt; the flight goes on without
     *     this caller, if it has others (G7)
     */
    void runOnLeader(Flight<K, V> flight, Loader<? super K, ? extends V> loader) {
        Object outcome;
        if (flight.isLanded()) {
            outcome = null; // closed meanwhile; landing it will be refused
        } else {
            try {
                outcome = load(flight, loader);
            } catch (Throwable e) {
                if (Failures.isByInterrupt(e) && table.handOver(flight, null)) {
                    Thread.currentThread().interrupt();
                    throw interrupted(flight, e);
                }
                outcome = new Flight.Failure(e);
            }
        }
        flight.exit();
        land(flight, outcome, true);
    }

    private V load(Flight<K, V> flight, Loader<? super K, ? extends V> loader) throws Exception {
        news.enters(flight);
        try {
            return loader.load(flight.key(), flight);
        } finally {
            news.exits(flight);
        }
    }

    private static CallerInterruptedException interrupted(Flight<?, ?> flight, Throwable cause) {
        return new CallerInterruptedException("interrupted while loading " + flight.describe(), cause);
    }

    /** On the executor, with the context of the leader, which is captured there and then if it is this thread's own. */
    void runOnExecutor(Flight<K, V> flight, Loader<? super K, ? extends V> loader, Supplier<@Nullable Object> context) {
        dispatch(flight, context, () -> run(flight, loader));
    }

    private void run(Flight<K, V> flight, Loader<? super K, ? extends V> loader) {
        if (!flight.enter()) {
            return;
        }
        Object outcome;
        try {
            outcome = load(flight, loader);
        } catch (Throwable e) {
            outcome = new Flight.Failure(e);
        }
        flight.exit();
        land(flight, outcome, false);
    }

    /**
     * As an asynchronous call, made by the leader's own thread or, for a leader that is elsewhere by now, on the
     * executor. False if the leader was interrupted and has left.
     */
    boolean callAsync(
            Flight<K, V> flight,
            AsyncLoader<? super K, ? extends V> loader,
            CallerFuture<K, V, ?> leader,
            boolean own) {
        if (own) {
            return callAsync(flight, loader, leader);
        }
        dispatch(flight, leader::context, () -> callAsync(flight, loader, null));
        return true;
    }

    private boolean callAsync(
            Flight<K, V> flight,
            AsyncLoader<? super K, ? extends V> loader,
            @Nullable CallerFuture<K, V, ?> leaderHere) {
        if (!flight.enter()) {
            return true;
        }
        CompletionStage<? extends V> stage;
        try {
            stage = requireNonNull(
                    call(flight, loader), () -> "the asynchronous loader returned null for " + flight.describe());
        } catch (Throwable e) {
            if (leaderHere != null && Failures.isByInterrupt(e) && table.handOver(flight, leaderHere)) {
                Thread.currentThread().interrupt();
                leaderHere.fail(interrupted(flight, e));
                return false;
            }
            flight.exit();
            land(flight, new Flight.Failure(e), leaderHere != null);
            return true;
        }
        flight.exitStopped(); // somebody may have landed it, and be about to interrupt the thread in the loader
        flight.onStop(() -> Stages.cancel(stage, LOG));
        if (flight.isLanded()) {
            table.stop(flight); // whoever landed it may have found nothing to stop
        }
        var leadersThread = new AtomicReference<@Nullable Thread>(leaderHere == null ? null : Thread.currentThread());
        try {
            var unused = stage.whenComplete((value, failure) -> land(
                    flight,
                    failure == null ? value : new Flight.Failure(Failures.ofStage(failure)),
                    Thread.currentThread() == leadersThread.get()));
        } catch (Throwable e) {
            land(flight, new Flight.Failure(e), leaderHere != null);
        }
        leadersThread.set(null); // what completes the stage from now on is not this call
        return true;
    }

    private CompletionStage<? extends V> call(Flight<K, V> flight, AsyncLoader<? super K, ? extends V> loader)
            throws Exception {
        news.enters(flight);
        try {
            return loader.load(flight.key(), flight);
        } finally {
            news.exits(flight);
        }
    }

    private void dispatch(Flight<K, V> flight, Supplier<@Nullable Object> context, Runnable load) {
        try {
            var wrapped = LeaderContext.wrap(context.get(), load);
            executor.execute(() -> {
                try {
                    wrapped.run();
                } catch (Throwable e) { // only what restores the context can throw
                    land(flight, new Flight.Failure(e), false);
                }
            });
        } catch (RejectedExecutionException e) {
            table.refuse(flight, e, FlightOutcome.REJECTED);
        } catch (Throwable e) {
            table.refuse(flight, e, FlightOutcome.FAILURE);
        }
    }

    private void land(Flight<K, V> flight, @Nullable Object outcome, boolean onCallersThread) {
        table.land(flight, outcome, kind(outcome), onCallersThread);
    }

    private static FlightOutcome kind(@Nullable Object outcome) {
        if (outcome instanceof Flight.Failure failure) {
            return failure.cause() instanceof HandedOver ? FlightOutcome.HANDED_OVER : FlightOutcome.FAILURE;
        }
        return FlightOutcome.SUCCESS;
    }
}
