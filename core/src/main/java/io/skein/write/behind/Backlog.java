package io.skein.write.behind;

import static java.util.Objects.requireNonNull;

import io.skein.write.behind.Slot.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is pending, in the order in which it came, and when it is due. Not thread-safe: the lock of the {@link Buffer} guards it.
 * Runs no code of the user's but methods of keys.
 *
 * <p>Every write has a number. The batch that is being written, or waits to be tried again, is not in the queue; there is one
 * at the most.
 */
final class Backlog<K, V> {
    /** Longer than anybody waits; sums with it do not overflow. */
    static final long NEVER = Long.MAX_VALUE / 4;

    private final boolean merges;
    private final int maxPending;
    private final int maxBatch;
    private final long maxDelay;
    private final Map<K, Slot<V>> slots = new HashMap<>();
    private final TreeMap<Long, First<K>> queue = new TreeMap<>(); // what waits first of each key, by its number
    private int pending;
    private long last; // number
    private long dueUpTo; // number: what is to be written whatever the time
    private @Nullable Batch<K, V> batch;
    private long batchSince; // the time of the oldest write in it
    private long resumeAt; // when it is to be tried again
    private boolean resting; // until then, batch or not

    /** What waits first of a key. */
    private record First<K>(K key, long since) {}

    /** @param merges whether writes are merged, rather than the later taking the earlier's place */
    Backlog(boolean merges, int maxPending, int maxBatch, Duration maxDelay) {
        this.merges = merges;
        this.maxPending = maxPending;
        this.maxBatch = maxBatch;
        this.maxDelay = nanos(maxDelay);
    }

    static long nanos(Duration time) {
        return time.compareTo(Duration.ofNanos(NEVER)) > 0 ? NEVER : time.toNanos();
    }

    // What is there

    @Nullable
    Slot<V> get(K key) {
        return slots.get(key);
    }

    int pending() {
        return pending;
    }

    long last() {
        return last;
    }

    /** The number of the oldest that is pending. */
    long oldest() {
        long waiting = queue.isEmpty() ? Long.MAX_VALUE : queue.firstKey();
        if (batch == null) {
            return waiting;
        }
        long writing =
                batch.left().values().stream().mapToLong(Write::first).min().orElse(Long.MAX_VALUE);
        return Math.min(waiting, writing);
    }

    /** How long the oldest has been pending. */
    long age(long now) {
        long waiting = queue.isEmpty() ? 0 : now - since();
        return Math.max(0, batch == null ? waiting : Math.max(waiting, now - batchSince));
    }

    private long since() {
        return requireNonNull(queue.get(queue.firstKey())).since;
    }

    /** All that is pending of each key, the oldest first. */
    Map<K, List<Write<V>>> all() {
        var all = new LinkedHashMap<K, List<Write<V>>>();
        slots.forEach((key, slot) -> all.put(key, slot.all()));
        return all;
    }

    // Entering

    /** The slot of a key after a write: see {@link #enter}. */
    Slot<V> next(K key, @Nullable V merged, long now) {
        return Slot.enter(slots.get(key), merged, merges, last + 1, now);
    }

    /** Puts it in the place of the one that there is. */
    void enter(K key, Slot<V> next) {
        enter(key, next, last + 1);
    }

    /** The same with a number of an earlier life; to be called in the order of these. */
    void restore(K key, @Nullable V merged, long number, long now) {
        enter(key, Slot.enter(slots.get(key), merged, merges, number, now), number);
    }

    private void enter(K key, Slot<V> next, long number) {
        var old = slots.put(key, next);
        last = number;
        pending += next.size() - (old == null ? 0 : old.size());
        var waiting = next.waiting();
        if (waiting != null && (old == null || old.waiting() == null)) {
            queue.put(waiting.first(), new First<>(key, waiting.since()));
        }
    }

    // Writing

    /** All that has entered is due, and what has failed is tried at once. */
    void due(long now) {
        dueUpTo = last;
        resumeAt = now;
    }

    /** All that has entered is due; what has failed is not, before its pause is over. */
    void due() {
        dueUpTo = last;
    }

    /** The batch has failed, and is to be tried again then. */
    void resume(long time) {
        resumeAt = time;
    }

    /** Nothing is due before. */
    void rest(long time) {
        resumeAt = time;
        resting = true;
    }

    /** In nanoseconds; not positive if something is due, {@link #NEVER} if nothing is pending. */
    long untilDue(long now) {
        if (batch != null || resting) {
            return resumeAt - now;
        }
        if (queue.isEmpty()) {
            return NEVER;
        }
        if (queue.firstKey() <= dueUpTo || pending >= maxPending) {
            return 0;
        }
        return maxDelay - (now - since());
    }

    /** What is to be written now: what has failed, or what is due of what waits. Null if nothing is. */
    @Nullable
    Batch<K, V> take(long now) {
        if (untilDue(now) > 0) {
            return null;
        }
        resting = false;
        if (batch == null && !queue.isEmpty()) {
            begin();
        }
        return batch;
    }

    /** Once something is due, all that waits is. Should a method of a key throw, that key and those behind it stay as they are. */
    private void begin() {
        if (queue.firstKey() > dueUpTo) {
            dueUpTo = last;
        }
        batchSince = since();
        var taken = new LinkedHashMap<K, Write<V>>();
        var behind = new TreeMap<Long, First<K>>();
        try {
            while (!queue.isEmpty() && queue.firstKey() <= dueUpTo && taken.size() < maxBatch) {
                long number = queue.firstKey();
                var key = requireNonNull(queue.get(number)).key;
                var begun = requireNonNull(slots.get(key)).begin();
                slots.put(key, begun);
                queue.remove(number);
                taken.put(key, requireNonNull(begun.writing()));
                if (batch == null) {
                    batch = new Batch<>(taken);
                }
                var waiting = begun.waiting();
                if (waiting != null) {
                    behind.put(waiting.first(), new First<>(key, waiting.since()));
                }
            }
        } finally {
            queue.putAll(behind);
        }
    }

    /**
     * These are not being written any more.
     *
     * @return their numbers
     */
    List<Long> end(Collection<K> keys) {
        var numbers = new ArrayList<Long>();
        for (var key : keys) {
            var slot = requireNonNull(slots.get(key));
            numbers.add(requireNonNull(slot.writing()).first());
            var rest = slot.end();
            if (rest == null) {
                slots.remove(key);
            } else {
                slots.put(key, rest);
            }
            pending--;
            if (batch != null) {
                batch.left().remove(key);
            }
        }
        if (batch != null && batch.left().isEmpty()) {
            batch = null;
        }
        return numbers;
    }

    /** Nothing is pending any more. */
    void clear() {
        slots.clear();
        queue.clear();
        batch = null;
        pending = 0;
    }
}
