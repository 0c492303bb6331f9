package io.skein.load;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How the load of one key of a bulk call ended, for sources that can tell: see {@link Batching#ofOutcomes}.
 *
 * @param <V> values
 */
public sealed interface Outcome<V> {
    /** With a value; null says that there is nothing under the key. */
    record Loaded<V>(@Nullable V value) implements Outcome<V> {
        /** Does not tell the value, which may be confidential. */
        @Override
        public String toString() {
            return value == null ? "Outcome[absent]" : "Outcome[a value]";
        }
    }

    /** With a failure, thrown to all who wait for this key. */
    record Failed<V>(Throwable cause) implements Outcome<V> {
        public Failed {
            requireNonNull(cause, "cause");
        }
    }

    /** A value; null says that there is nothing under the key. */
    static <V> Outcome<V> of(@Nullable V value) {
        return new Loaded<>(value);
    }

    /** There is nothing under the key. */
    static <V> Outcome<V> absent() {
        return new Loaded<>(null);
    }

    /** The load of this key failed; those of the others need not have. */
    static <V> Outcome<V> failed(Throwable cause) {
        return new Failed<>(cause);
    }
}
