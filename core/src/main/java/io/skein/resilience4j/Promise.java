package io.skein.resilience4j;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one layer answers with, and nobody shares: whatever is done to it is not done to the source's own future.
 *
 * <pre>
 *   a brake, set again as the load goes on ──claim──▶ CLAIMED     the layer tells its ending, then completes it
 *                                          ──cancel─▶ CANCELLED   the brake is pulled, then it completes
 * </pre>
 *
 * <p>All moves are one compare-and-set, so of an end and a cancellation that race one is told to the layer, and what it
 * holds is given back once. A brake that comes too late is pulled at once, so nothing goes on behind a promise that was
 * cancelled.
 */
final class Promise<T extends @Nullable Object> extends CompletableFuture<T> {
    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    /** What stands where a brake would be. */
    private enum Mark implements Runnable {
        NO_BRAKE_YET,
        CLAIMED,
        CANCELLED;

        @Override
        public void run() {}
    }

    private final AtomicReference<Runnable> brake = new AtomicReference<>(Mark.NO_BRAKE_YET);

    static <T extends @Nullable Object> Promise<T> failed(Throwable failure) {
        var promise = new Promise<T>();
        promise.fail(failure);
        return promise;
    }

    /** Dependents are ordinary futures: to cancel one is not to cancel the load. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    /** How to stop what goes on from now on, instead of what went on before. */
    void onCancel(Runnable newBrake) {
        while (true) {
            var found = brake.get();
            if (found == Mark.CANCELLED) {
                pull(newBrake);
                return;
            }
            if (found == Mark.CLAIMED || brake.compareAndSet(found, newBrake)) {
                return;
            }
        }
    }

    /** True for one: it has to complete this. */
    boolean claim() {
        return move(Mark.CLAIMED) != null;
    }

    private @Nullable Runnable move(Runnable end) {
        while (true) {
            var found = brake.get();
            if (found == Mark.CLAIMED || found == Mark.CANCELLED) {
                return null;
            }
            if (brake.compareAndSet(found, end)) {
                return found;
            }
        }
    }

    boolean isOver() {
        var found = brake.get();
        return found == Mark.CLAIMED || found == Mark.CANCELLED;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        var last = move(Mark.CANCELLED);
        if (last == null) {
            return isCancelled();
        }
        pull(last); // first, so that who sees the end sees the permits given back
        return super.cancel(mayInterruptIfRunning);
    }

    private static void pull(Runnable brake) {
        try {
            brake.run();
        } catch (Throwable e) { // of an event consumer, say: the layers further out have their own things to give back
            complain(e);
        }
    }

    void succeed(T value) {
        if (claim()) {
            complete(value);
        }
    }

    void fail(Throwable failure) {
        if (claim()) {
            completeExceptionally(failure);
        }
    }

    /** Fails, and stops what goes on. */
    void abort(Throwable failure) {
        var last = move(Mark.CANCELLED);
        if (last != null) {
            pull(last);
            completeExceptionally(failure);
        }
    }

    /**
     * Starts the load inside, and ends as it does.
     *
     * @param ending told before this completes, so that who sees the end sees what the layer made of it
     * @throws Exception as {@link AsyncCall#start}; the ending has been told
     */
    void follow(AsyncCall<T> load, Ending<? super T> ending, LoadRun run) throws Exception {
        Promise<T> inner;
        try {
            inner = load.start();
        } catch (Throwable e) {
            tell(ending, e, true);
            throw e;
        }
        follow(inner, ending, run);
    }

    /** Ends as the one inside does. */
    void follow(Promise<T> inner, Ending<? super T> ending, LoadRun run) {
        onCancel(() -> {
            inner.cancel(true);
            ending.cancelled();
        });
        var unused = inner.whenComplete((value, failure) -> {
            if (claim()) {
                end(value, failure, ending, run);
            }
        });
    }

    private void end(T value, @Nullable Throwable failure, Ending<? super T> ending, LoadRun run) {
        var outcome = failure;
        try {
            if (failure == null) {
                ending.succeeded(value);
            } else {
                tell(ending, failure, run.isCancelled());
            }
        } catch (Throwable e) { // of a predicate that does not like the value
            outcome = e;
        }
        if (outcome == null) {
            complete(value);
        } else {
            completeExceptionally(outcome);
        }
    }

    /** Tells of a failure, which stays what the callers get, whatever a predicate of the user's makes of it. */
    static void tell(Ending<?> ending, Throwable failure, boolean isGivenUp) {
        try {
            if (isGivenUp) {
                ending.cancelled();
            } else {
                ending.failed(failure);
            }
        } catch (Throwable e) {
            complain(e);
        }
    }

    static void complain(Throwable failure) {
        LOG.log(Level.WARNING, "a predicate or an event consumer given to Resilience4j failed", failure);
    }
}
