package io.skein.cache;

import io.skein.Flight;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Watches a key from before the second tier is asked for it until what it has answered has been used.
 *
 * <pre>
 *   OPEN ──hold──▶ HELD ──close──▶ CLOSED
 *     └───fire───▶ FIRED
 * </pre>
 *
 * <ul>
 *   <li>OPEN: an answer is on its way, or the end of somebody else's load is waited for.
 *   <li>FIRED: the key has changed before the answer was there, so it has to be asked for again.
 *   <li>HELD: the answer counts, or the source is being asked. A change forgets the flight.
 *   <li>CLOSED: what was loaded is being stored, which is a change too. The flight lands soon; who joins it after a change asks
 *       again.
 * </ul>
 *
 * <p>Who asks moves it to HELD and CLOSED, whoever tells of a change to FIRED; one of them comes first.
 */
final class Watch {
    private enum State {
        OPEN,
        HELD,
        FIRED,
        CLOSED
    }

    private final @Nullable Flight<?, ?> flight;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    /** Done when the key has changed, or when it has been waited for long enough. */
    final CompletableFuture<Void> fired = new CompletableFuture<>();

    /** @param flight on behalf of which the key is watched, if it is for one */
    Watch(@Nullable Flight<?, ?> flight) {
        this.flight = flight;
    }

    /** The answer counts, unless the key has changed since it was asked for. */
    boolean hold() {
        return state.compareAndSet(State.OPEN, State.HELD);
    }

    void close() {
        state.set(State.CLOSED);
    }

    /** The lease of the key has ended: who waits for it asks again, who uses an answer may go on. */
    void release() {
        state.compareAndSet(State.OPEN, State.FIRED);
        fired.complete(null);
    }

    /** The key has changed. True if a flight that can be joined uses an answer from before. */
    boolean fire() {
        boolean held = !state.compareAndSet(State.OPEN, State.FIRED) && state.get() == State.HELD;
        fired.complete(null);
        return held && flight != null && flight.ifCurrent(() -> {});
    }
}
