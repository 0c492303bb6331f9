package io.skein.write.behind;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is pending of one key. Immutable.
 *
 * @param writing is being written, or to be tried again
 * @param waiting waits; what comes later is merged with it
 * @param after waits behind {@code waiting}, a delete that a write cannot be merged with
 */
public record Slot<V>(
        @Nullable Write<V> writing,
        @Nullable Write<V> waiting,
        @Nullable Write<V> after) {
    /**
     * A write, or several that were merged.
     *
     * @param value null if the key is to be deleted
     * @param first the number of the first of them, by which it is known
     * @param since when the first of them came
     */
    public record Write<V>(@Nullable V value, long first, long since) {
        private Write<V> with(@Nullable V other) {
            return new Write<>(other, first, since);
        }
    }

    /**
     * With one more write.
     *
     * @param merged its value, merged with that of {@link #last}; null for a delete, which takes the place of all that waits
     * @param merges whether writes are merged, rather than the later taking the earlier's place
     */
    static <V> Slot<V> enter(@Nullable Slot<V> old, @Nullable V merged, boolean merges, long number, long now) {
        var writing = old == null ? null : old.writing;
        var waiting = old == null ? null : old.waiting;
        if (waiting == null) {
            return new Slot<>(writing, new Write<>(merged, number, now), null);
        }
        var after = requireNonNull(old).after;
        if (merged != null && after != null) {
            return new Slot<>(writing, waiting, after.with(merged));
        }
        if (merged != null && merges && waiting.value == null) {
            return new Slot<>(writing, waiting, new Write<>(merged, number, now));
        }
        return new Slot<>(writing, waiting.with(merged), null);
    }

    /** What waits now is being written. */
    Slot<V> begin() {
        return new Slot<>(waiting, after, null);
    }

    /** What was being written is not any more; null if nothing is left. */
    @Nullable
    Slot<V> end() {
        return waiting == null ? null : new Slot<>(null, waiting, after);
    }

    /** All its writes, the oldest first. */
    List<Write<V>> all() {
        return Stream.of(writing, waiting, after).filter(Objects::nonNull).toList();
    }

    /** What the next write is merged with, if anything. */
    @Nullable
    Write<V> last() {
        return after != null ? after : waiting;
    }

    int size() {
        return (writing == null ? 0 : 1) + (waiting == null ? 0 : 1) + (after == null ? 0 : 1);
    }

    /** What the source will hold as far as is known here; null for nothing. */
    @Nullable
    V value(@Nullable BinaryOperator<V> merge) {
        var last = last();
        if (last == null) {
            return requireNonNull(writing).value;
        }
        var before = last == after || writing == null ? null : writing.value;
        return merge == null || before == null || last.value == null ? last.value : merge.apply(before, last.value);
    }
}
