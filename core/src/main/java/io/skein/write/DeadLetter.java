package io.skein.write;

import io.skein.internal.Text;
import org.jspecify.annotations.Nullable;

/**
 * A write that was accepted and could not be written to the source.
 *
 * @param cache its name
 * @param key untrusted input, to be escaped before it is shown
 * @param value null if the key was to be deleted
 * @param failure of the last try; nobody knows whether the source has applied the write all the same
 * @param <K> keys
 * @param <V> values
 */
public record DeadLetter<K, V>(
        String cache, K key, @Nullable V value, Throwable failure) {
    /** Whether the key was to be deleted. */
    public boolean isDelete() {
        return value == null;
    }

    /** Tells everything but the value, which may be confidential. */
    @Override
    public String toString() {
        return (isDelete() ? "deleting " : "writing ") + Text.of(cache, key) + " failed: " + failure;
    }
}
