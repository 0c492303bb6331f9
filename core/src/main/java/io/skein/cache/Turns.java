package io.skein.cache;

import io.skein.internal.LoadThreads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Actions on one key, one after the other in the order of the calls; those on different keys do not wait for each other.
 *
 * <pre>
 *   WAITING ──the one before has left──▶ RUNNING ──▶ out of the line
 *      └───── its caller gives up ─────▶ GIVEN_UP ─▶ out of the line, with the one before
 * </pre>
 *
 * <p>Each key that an action runs on has a line in the map, which changes it in one step; the first in it is the one that
 * runs. Who leaves takes out those behind it that have given up, starts the next, and then tells its own caller, who may come
 * with the next action at once.
 */
final class Turns<K> {
    /** So many starts there may be within each other, where the executor runs what it is given on the calling thread. */
    private static final int DEEPEST = 50;

    private static final ThreadLocal<Integer> STARTS = ThreadLocal.withInitial(() -> 0);

    /** What the thread is running, the innermost first. */
    private static final ThreadLocal<@Nullable Running> RUNNING = new ThreadLocal<>();

    private record Running(
            Turns<?> of, Object key, @Nullable Running outer) {}

    private final ConcurrentHashMap<K, Deque<Turn>> lines = new ConcurrentHashMap<>();

    /** What to do when it is this call's turn. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    private enum State {
        WAITING,
        RUNNING,
        GIVEN_UP
    }

    private abstract static class Turn {
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        boolean isFirst; // known to the thread that has entered

        /** False if it has been given up. */
        boolean begin() {
            return state.compareAndSet(State.WAITING, State.RUNNING);
        }

        /** False if its time has just come. */
        boolean giveUp() {
            return state.compareAndSet(State.WAITING, State.GIVEN_UP);
        }

        /** Its time has come. If this throws, the action will not be run. */
        abstract void start();

        /** What {@link #start} has thrown. To be called when the next has been started. */
        void failToStart(Throwable failure) {}
    }

    /** A thread that waits for its turn. */
    private static final class Waiting extends Turn {
        private final CountDownLatch started = new CountDownLatch(1);

        @Override
        void start() {
            started.countDown();
        }

        void await(long patience) throws InterruptedException, TimeoutException {
            if (patience == 0) {
                started.await();
            } else if (!started.await(patience, TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
        }
    }

    /** An action that the executor is to run. */
    private final class Posted extends Turn {
        final CompletableFuture<Void> own = new CompletableFuture<>();
        private final K key;
        private final Executor executor;
        private final Action action;

        Posted(K key, Executor executor, Action action) {
            this.key = key;
            this.executor = executor;
            this.action = action;
        }

        @Override
        void start() {
            int depth = STARTS.get();
            var where = depth < DEEPEST ? executor : LoadThreads.shared();
            STARTS.set(depth + 1);
            try {
                where.execute(this::run);
            } finally {
                if (depth == 0) {
                    STARTS.remove();
                } else {
                    STARTS.set(depth);
                }
            }
        }

        private void run() {
            @Nullable Throwable failure = null;
            try {
                act(key, action);
            } catch (Throwable e) {
                failure = e;
            }
            leave(key);
            if (failure == null) {
                own.complete(null);
            } else {
                own.completeExceptionally(failure);
            }
        }

        @Override
        void failToStart(Throwable failure) {
            own.completeExceptionally(failure);
        }
    }

    /**
     * Waits until it is this call's turn, and runs the action on this thread.
     *
     * @param patience nanoseconds to wait at the most; 0 for any time
     * @throws NotRun if this call has waited too long, or the thread was interrupted while it waited, or it would wait for
     *     itself
     * @throws Exception what the action throws
     */
    void run(K key, long patience, Action action) throws Exception {
        if (isRunning(key)) {
            throw new NotRun(null);
        }
        var turn = new Waiting();
        if (!enter(key, turn)) {
            try {
                turn.await(patience);
            } catch (InterruptedException | TimeoutException e) {
                if (!turn.giveUp()) {
                    leave(key);
                }
                throw new NotRun(e);
            }
        }
        try {
            act(key, action);
        } finally {
            leave(key);
        }
    }

    /** Its cause is an interrupt or a timeout; null if the thread is running an action on that key already. */
    static final class NotRun extends Exception {
        private static final long serialVersionUID = 1L;

        NotRun(@Nullable Exception cause) {
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
                turn.start();
            } catch (Throwable e) {
                leave(key);
                turn.failToStart(e);
            }
        }
        return turn.own;
    }

    /** Whether it is its turn at once. */
    private boolean enter(K key, Turn turn) {
        lines.compute(key, (k, found) -> {
            var line = found == null ? new ArrayDeque<Turn>(2) : found;
            turn.isFirst = found == null && turn.begin();
            line.add(turn);
            return line;
        });
        return turn.isFirst;
    }

    /** Starts the next, and after it the one that takes its place if that fails. */
    private void leave(K key) {
        var refused = new ArrayList<Runnable>();
        for (var next = next(key); next != null; next = next(key)) {
            try {
                next.start();
                break;
            } catch (Throwable e) {
                var turn = next;
                refused.add(() -> turn.failToStart(e));
            }
        }
        refused.forEach(Runnable::run);
    }

    /** Takes the first out of the line, and those behind it that have given up. */
    private @Nullable Turn next(K key) {
        var next = new AtomicReference<@Nullable Turn>();
        lines.computeIfPresent(key, (k, line) -> {
            line.remove();
            while (!line.isEmpty() && !line.element().begin()) {
                line.remove();
            }
            next.set(line.peek());
            return line.isEmpty() ? null : line;
        });
        return next.get();
    }

    private void act(K key, Action action) throws Exception {
        var outer = RUNNING.get();
        RUNNING.set(new Running(this, key, outer));
        try {
            action.run();
        } finally {
            if (outer == null) {
                RUNNING.remove();
            } else {
                RUNNING.set(outer);
            }
        }
    }

    private boolean isRunning(K key) {
        for (var running = RUNNING.get(); running != null; running = running.outer) {
            if (running.of == this && running.key.equals(key)) {
                return true;
            }
        }
        return false;
    }
}
