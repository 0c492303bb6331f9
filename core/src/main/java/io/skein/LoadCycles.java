package io.skein;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds loads that wait for themselves (G11), at no cost to those that do not wait.
 *
 * <p>Who waits for what is written down in two places that exist anyway: a flight knows the threads that work for it, the
 * one in its loader and those that attend it, and a thread that waits has what it waits for as its {@linkplain
 * LockSupport#getBlocker blocker}. From flight to thread to flight, every way is walked until it ends, or comes back to
 * the walker. A circle of others is theirs to find.
 *
 * <p><b>No circle is missed:</b> every thread of a circle first notes its blocker, then, behind a full fence, walks.
 * The last one to note sees the notes of all the others. A thread whose future moves to another flight is woken to walk
 * again.
 *
 * <p><b>No false alarm:</b> what a thread waits for counts only if the wait is not over, and if the flight still has
 * that thread at work for it afterwards; and a circle counts only if a second walk finds it again, link by link, so
 * that all its links held at one moment between.
 */
final class LoadCycles {
    private LoadCycles() {}

    /**
     * To be called after {@link LockSupport#setCurrentBlocker} and before parking.
     *
     * @throws LoadCycleException if the flight waited for waits, directly or through others, for the calling thread
     */
    static void check(Waiting waiting) {
        VarHandle.fullFence();
        var circle = walk(waiting.waitsFor());
        if (!circle.isEmpty() && circle.equals(walk(waiting.waitsFor()))) {
            throw new LoadCycleException(describe(circle), null);
        }
    }

    /** The flights from the given one to one that the calling thread works for; empty if no way leads there. */
    private static List<Flight<?, ?>> walk(@Nullable Flight<?, ?> first) {
        var me = Thread.currentThread();
        if (first == null) {
            return List.of();
        }
        var workers = first.workers();
        if (workers.contains(me)) {
            return List.of(first);
        }
        for (var worker : workers) {
            if (waitedForBy(worker) != null) { // seldom, so few have to look further
                return search(first, me);
            }
        }
        return List.of();
    }

    /** Depth first, since several threads may work for one flight; each flight is looked at once. */
    private static List<Flight<?, ?>> search(Flight<?, ?> first, Thread me) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Flight<?, ?>, Boolean>());
        var way = new ArrayList<Flight<?, ?>>();
        var open = new ArrayDeque<Iterator<Thread>>(); // of each flight of the way, the workers still to be looked at
        seen.add(first);
        way.add(first);
        open.add(first.workers().iterator());
        while (!way.isEmpty()) {
            var flight = way.get(way.size() - 1);
            var rest = open.getLast();
            if (!rest.hasNext()) {
                way.remove(way.size() - 1);
                open.removeLast();
                continue;
            }
            var worker = rest.next();
            var next = waitedForBy(worker);
            if (next == null || !flight.workers().contains(worker) || !seen.add(next)) {
                continue;
            }
            way.add(next);
            var workers = next.workers();
            if (workers.contains(me)) {
                return way;
            }
            open.add(workers.iterator());
        }
        return List.of();
    }

    private static @Nullable Flight<?, ?> waitedForBy(Thread thread) {
        return LockSupport.getBlocker(thread) instanceof Waiting waiting ? waiting.waitsFor() : null;
    }

    private static String describe(List<Flight<?, ?>> circle) {
        var closed = new ArrayList<>(circle);
        closed.add(0, circle.get(circle.size() - 1));
        return closed.stream()
                .map(Flight::describe)
                .collect(Collectors.joining(" -> ", "a load would wait for itself: ", ""));
    }
}
