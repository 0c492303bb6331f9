package io.skein;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds loads that wait for themselves (G11), at no cost to those that do not wait.
 *
 * <p>Who waits for what is written down in two places that exist anyway: a flight knows the thread in its loader, and a
 * thread that waits has what it waits for as its {@linkplain LockSupport#getBlocker blocker}. From flight to thread to
 * flight, the walk either ends, or comes back to the walker, or gets into a circle of others, which is theirs to find.
 *
 * <p><b>No circle is missed:</b> every thread of a circle first notes its blocker, then, behind a full fence, walks.
 * The last one to note sees the notes of all the others. A thread whose future moves to another flight is woken to walk
 * again.
 *
 * <p><b>No false alarm:</b> what a thread waits for counts only if the wait is not over, and if the flight still has
 * that thread at work for it afterwards; and a circle counts only if a second walk finds it again, link by link, so that
 * all its links held at one moment between.
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

    /** The flights from the given one to one that the calling thread runs; empty if the way ends elsewhere. */
    private static List<Flight<?, ?>> walk(@Nullable Flight<?, ?> first) {
        var me = Thread.currentThread();
        List<Flight<?, ?>> way = null;
        var flight = first;
        var landmark = first; // Brent: a circle of others comes by it again
        int steps = 0;
        int stepsToNextLandmark = 1;
        while (flight != null) {
            var workers = flight.workers();
            if (workers.contains(me)) {
                way = way == null ? new ArrayList<>(1) : way;
                way.add(flight);
                return way;
            }
            Flight<?, ?> next = null;
            Thread waiting = null;
            for (var worker : workers) {
                next = waitedForBy(worker);
                waiting = worker;
                if (next != null) {
                    break;
                }
            }
            if (next == null || next == landmark || !flight.workers().contains(waiting)) {
                return List.of();
            }
            way = way == null ? new ArrayList<>() : way;
            way.add(flight);
            flight = next;
            if (++steps == stepsToNextLandmark) {
                landmark = flight;
                steps = 0;
                stepsToNextLandmark *= 2;
            }
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
