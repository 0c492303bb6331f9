package io.skein.load;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.internal.Work;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One bulk call.
 *
 * <pre>
 *   GATHERING ──run, fail──▶ CALLED ──the loader has answered──▶ ENDED
 * </pre>
 *
 * <p>Its {@link Batching} gives new keys to one batch only; who takes it away from there, because it is full or its time
 * is up, and nobody else, has it {@link #run} or {@link #fail}. The lock of the Batching guards the phase and the asks.
 * An ask that is given up takes its key out, if nobody else wants that, as long as the batch is GATHERING: also while it
 * waits for a thread. In CALLED the key cannot be taken out any more; when all asks have been given up, the loader's
 * thread is interrupted. From ENDED on nothing is changed, and the asks are completed without the lock.
 */
final class Batch<K, V> {
    private enum Phase {
        GATHERING,
        CALLED,
        ENDED
    }

    private final Batching<K, V> batching;
    private final long due;
    private final Work work = new Work();

    private Phase phase = Phase.GATHERING;
    private final Map<K, Ask<V>> asks = new LinkedHashMap<>();
    private int open; // asks that nobody has given up

    /** @param due when it is to be made at the latest */
    Batch(Batching<K, V> batching, long due) {
        this.batching = batching;
        this.due = due;
    }

    long due() {
        return due;
    }

    // Gathering: all but left() is called under the lock

    boolean has(K key) {
        return asks.containsKey(key);
    }

    int size() {
        return asks.size();
    }

    /** Returns whether the key is new. */
    boolean add(K key, Ask<V> ask) {
        ask.next = asks.put(key, ask);
        open++;
        var unused = ask.whenComplete((value, failure) -> left(key, ask));
        return ask.next == null;
    }

    /** One who asked for this key has given up, or got an answer. */
    private void left(K key, Ask<V> ask) {
        synchronized (batching.lock()) {
            if (phase == Phase.ENDED) {
                return;
            }
            open--;
            if (phase == Phase.GATHERING) {
                takeOutIfUnwanted(key);
                return;
            }
            ask.unattended();
            if (open > 0) {
                return;
            }
        }
        work.interrupt();
    }

    private void takeOutIfUnwanted(K key) {
        for (var ask = asks.get(key); ask != null; ask = ask.next) {
            if (!ask.isDone()) {
                return;
            }
        }
        if (asks.remove(key) != null) {
            batching.settled(1);
        }
    }

    // Called

    boolean isEmpty() {
        synchronized (batching.lock()) {
            return asks.isEmpty();
        }
    }

    /** Makes the call on this thread. */
    void run() {
        if (!seal()) {
            return;
        }
        Map<K, ?> found = Map.of();
        Throwable failure = null;
        try {
            var keys = Collections.unmodifiableSet(new LinkedHashSet<>(asks.keySet()));
            if (!keys.isEmpty() && work.begin()) {
                attend(Thread.currentThread());
                found = requireNonNull(batching.loader().loadAll(keys), "the bulk loader returned null");
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            work.end();
        }
        end(found, failure);
    }

    /** The call cannot be made. */
    void fail(Throwable failure) {
        if (seal()) {
            end(Map.of(), failure);
        }
    }

    /** False if it has been called before, by an executor that runs a task and then throws. */
    private boolean seal() {
        synchronized (batching.lock()) {
            boolean first = phase == Phase.GATHERING;
            phase = first ? Phase.CALLED : phase;
            return first;
        }
    }

    /** Where a load that would wait for itself is looked for (G11). */
    private void attend(Thread thread) {
        synchronized (batching.lock()) {
            forEachAsk(ask -> {
                if (!ask.isDone()) {
                    ask.attendedBy(thread);
                }
            });
        }
    }

    private void forEachAsk(Consumer<Ask<V>> action) {
        for (var first : asks.values()) {
            for (var ask = first; ask != null; ask = ask.next) {
                action.accept(ask);
            }
        }
    }

    // Ended

    private void end(Map<K, ?> found, @Nullable Throwable failure) {
        synchronized (batching.lock()) {
            phase = Phase.ENDED;
            forEachAsk(Ask::unattended);
            batching.settled(asks.size()); // before: who is answered may ask again
        }
        Runnable answers = () -> asks.forEach(
                (key, ask) -> answer(ask, failure == null ? outcome(found, key) : Outcome.failed(failure)));
        var flight = anyFlight();
        if (flight == null) {
            answers.run();
        } else {
            flight.landTogether(answers); // what depends on one of them may wait for another
        }
    }

    private @Nullable Outcome<V> outcome(Map<K, ?> found, K key) {
        try {
            return batching.read(found.get(key));
        } catch (Throwable e) { // of the user's map
            return Outcome.failed(e);
        }
    }

    private static <V> void answer(Ask<V> first, @Nullable Outcome<V> outcome) {
        for (var ask = first; ask != null; ask = ask.next) {
            if (outcome instanceof Outcome.Failed<V> failed) {
                ask.completeExceptionally(failed.cause());
            } else {
                ask.complete(outcome instanceof Outcome.Loaded<V> loaded ? loaded.value() : null);
            }
        }
    }

    private @Nullable Flight<?, ?> anyFlight() {
        for (var first : asks.values()) {
            for (var ask = first; ask != null; ask = ask.next) {
                if (ask.flight != null) {
                    return ask.flight;
                }
            }
        }
        return null;
    }
}
