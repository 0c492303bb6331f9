package io.skein.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.internal.Dispatched;
import io.skein.internal.LoadThreads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Actions on one key, one after the other in the order of the calls; those on different keys do not wait for each other.
 *
 * <pre>
 *   WAITING ──the one before has left──▶ ITS_TURN ──taken by who runs the action, or finds that nobody will──▶ TAKEN
 *      └──── given up, or closed ──▶ GIVEN_UP
 * </pre>
 *
 * <p>Each key that an action runs on has a line in the map, which changes it in one step; the first in it is the one whose turn
 * it is. Who has taken a turn leaves the line, once, and so gives the next its turn. What has been posted is started by no thread
 * that leaves, and tells its caller on no thread that runs actions: either might run code that waits for this very line.
 */
final class Turns<K> {
    /** How often time is looked at where a ticker of the user's own may move independently of the system's. */
    private static final long GLANCE = 2_000_000;

    private final ConcurrentHashMap<K, Deque<Turn>> lines = new ConcurrentHashMap<>();
    private final ThreadLocal<Boolean> acting = ThreadLocal.withInitial(() -> false);
    private final Ticker ticker;
    private volatile @Nullable Throwable closed;

    Turns(Ticker ticker) {
        this.ticker = ticker;
    }

    /** What to do when it is this call's turn. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    private enum State {
        WAITING,
        ITS_TURN,
        TAKEN,
        GIVEN_UP
    }

    private abstract static class Turn {
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        boolean isFirst; // known to the thread that has entered, like the next

        @Nullable
        Throwable refusal;

        boolean move(State from, State to) {
            return state.compareAndSet(from, to);
        }

        /** It is its turn. If this throws, and the turn has not been taken, it will not be. */
        abstract void start();

        /** The action will not be run. */
        abstract void fail(Throwable why);
    }

    /** A thread that waits for its turn. */
    private static final class Waiting extends Turn {
        final CompletableFuture<Void> started = new CompletableFuture<>();

        @Override
        void start() {
            started.complete(null);
        }

        @Override
        void fail(Throwable why) {
            started.completeExceptionally(why);
        }
    }

    /** An action that the executor is to run. */
    private final class Posted extends Turn implements Dispatched {
        final CompletableFuture<Void> own = new CompletableFuture<>();
        private final K key;
        private final Executor executor;
        private final Action action;

        Posted(K key, Executor executor, Action action) {
            this.key = key;
            this.executor = executor;
            this.action = action;
        }

        /** On another thread: the executor may run what it is given on the calling one. */
        @Override
        void start() {
            LoadThreads.sharedPlatform().execute(() -> {
                try {
                    executor.execute(this);
                } catch (Throwable e) {
                    notRun(e);
                }
            });
        }

        @Override
        public void run() {
            if (!move(State.ITS_TURN, State.TAKEN)) {
                return; // an executor that has refused it runs it all the same
            }
            Throwable failure = null;
            try {
                act(action);
            } catch (Throwable e) {
                failure = e;
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt(); // it may be the calling thread
                }
            }
            leave(key);
            tell(failure);
        }

        @Override
        public void notRun(Throwable why) {
            if (move(State.ITS_TURN, State.TAKEN)) {
                leave(key);
                tell(why);
            }
        }

        @Override
        void fail(Throwable why) {
            tell(why);
        }

        private void tell(@Nullable Throwable failure) {
            Runnable end = () -> {
                if (failure == null) {
                    own.complete(null);
                } else {
                    own.completeExceptionally(failure);
                }
            };
            try {
                LoadThreads.sharedPlatform().execute(end);
            } catch (Throwable e) { // no thread to be had
                end.run();
            }
        }
    }

    /**
     * Waits until it is this call's turn, and runs the action on this thread.
     *
     * @param patience nanoseconds to wait at the most; 0 for any time
     * @throws NotRun if the action was not run: this call has waited too long, the thread was interrupted while it waited, it
     *     is running such an action already, or the line was closed
     * @throws Exception what the action throws
     */
    void run(K key, long patience, Action action) throws Exception {
        if (acting.get()) {
            throw new NotRun(null);
        }
        long deadline = patience == 0 ? 0 : ticker.read() + patience;
        var turn = new Waiting();
        if (!enter(key, turn)) {
            try {
                await(turn, patience, deadline);
            } catch (Throwable e) {
                if (turn.move(State.WAITING, State.GIVEN_UP)) {
                    lines.computeIfPresent(key, (k, line) -> line.remove(turn) && line.isEmpty() ? null : line);
                } else if (turn.move(State.ITS_TURN, State.TAKEN)) {
                    leave(key);
                }
                throw e instanceof ExecutionException closed ? new NotRun(closed.getCause()) : new NotRun(e);
            }
        }
        if (!turn.move(State.ITS_TURN, State.TAKEN)) {
            throw new NotRun(new RejectedExecutionException("the thread could not be woken in its turn"));
        }
        try {
            act(action);
        } finally {
            leave(key);
        }
    }

    private void await(Waiting turn, long patience, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (patience == 0) {
            turn.started.get();
            return;
        }
        boolean isSystem = ticker == Ticker.systemTicker();
        for (long left = deadline - ticker.read(); left > 0; left = deadline - ticker.read()) {
            try {
                turn.started.get(isSystem ? left : Math.min(left, GLANCE), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                // look at the ticker
            }
        }
        throw new TimeoutException();
    }

    /** Its cause is an interrupt, a timeout, or why the line was closed; null if the thread is running an action already. */
    static final class NotRun extends Exception {
        private static final long serialVersionUID = 1L;

        NotRun(@Nullable Throwable cause) {
            super(cause);
        }
    }

    /**
     * Has the action run by the executor when it is its turn.
     *
     * @return a future of the caller's own: whatever is done to it, the action is run
     */
    CompletableFuture<Void> post(K key, Executor executor, Action action) {
        var turn = new Posted(key, executor, action);
        if (enter(key, turn)) {
            try {
                executor.execute(turn);
            } catch (Throwable e) {
                turn.notRun(e);
            }
        }
        return turn.own;
    }

    /** Fails all whose action is not being run, and all that come. */
    void close(Throwable why) {
        closed = why; // before: who enters a line that is not looked at any more sees it
        for (K key : lines.keySet()) {
            var waiting = new ArrayList<Turn>();
            var first = new Turn[1];
            lines.computeIfPresent(key, (k, line) -> {
                line.removeIf(turn -> turn.move(State.WAITING, State.GIVEN_UP) && waiting.add(turn));
                first[0] = line.peek();
                return line;
            });
            waiting.forEach(turn -> turn.fail(why));
            if (first[0] instanceof Dispatched posted) {
                posted.notRun(why);
            }
        }
    }

    /** Whether it is its turn at once. */
    private boolean enter(K key, Turn turn) {
        lines.compute(key, (k, found) -> {
            var why = closed;
            if (why != null) {
                turn.move(State.WAITING, State.GIVEN_UP);
                turn.refusal = why;
                return found;
            }
            var line = found == null ? new ArrayDeque<Turn>(2) : found;
            line.add(turn);
            turn.isFirst = found == null && turn.move(State.WAITING, State.ITS_TURN);
            return line;
        });
        if (turn.refusal != null) {
            turn.fail(turn.refusal);
        }
        return turn.isFirst;
    }

    /** Gives the next its turn, and after it the one behind if that cannot be started. */
    private void leave(K key) {
        List<Runnable> refused = List.of();
        for (var next = next(key); next != null; next = next(key)) {
            try {
                next.start();
                break;
            } catch (Throwable e) { // no thread to be had
                var turn = next;
                if (!turn.move(State.ITS_TURN, State.TAKEN)) {
                    break;
                }
                refused = new ArrayList<>(refused);
                refused.add(() -> turn.fail(e));
            }
        }
        refused.forEach(Runnable::run);
    }

    /** Takes the first out of the line, and those behind it that have given up. */
    private @Nullable Turn next(K key) {
        var next = new Turn[1];
        lines.computeIfPresent(key, (k, line) -> {
            line.remove();
            while (!line.isEmpty() && !line.element().move(State.WAITING, State.ITS_TURN)) {
                line.remove();
            }
            next[0] = line.peek();
            return line.isEmpty() ? null : line;
        });
        return next[0];
    }

    private void act(Action action) throws Exception {
        boolean outer = acting.get();
        acting.set(true);
        try {
            action.run();
        } finally {
            if (!outer) {
                acting.remove();
            }
        }
    }
}
