package io.skein.write.behind;

import io.skein.internal.Text;
import io.skein.write.WriteBehind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A pending write as the journal holds it: a byte for the kind, the length of the key, the key, and the value if there is one.
 *
 * @param value null if the key is to be deleted
 */
record JournalRecord<K, V>(K key, @Nullable V value) {
    private static final byte DELETE = 0;
    private static final byte WRITE = 1;

    static <K, V> byte[] encode(K key, @Nullable V value, WriteBehind.Journal<K, V> how) {
        var keyBytes = how.keys().encode(key);
        var valueBytes = value == null ? new byte[0] : how.values().encode(value);
        return ByteBuffer.allocate(Byte.BYTES + Integer.BYTES + keyBytes.length + valueBytes.length)
                .put(value == null ? DELETE : WRITE)
                .putInt(keyBytes.length)
                .put(keyBytes)
                .put(valueBytes)
                .array();
    }

    /** @throws IllegalStateException if the codecs do not understand it */
    static <K, V> JournalRecord<K, V> decode(byte[] bytes, WriteBehind.Journal<K, V> how, String cache) {
        try {
            var buffer = ByteBuffer.wrap(bytes);
            byte kind = buffer.get();
            var keyBytes = new byte[buffer.getInt()];
            buffer.get(keyBytes);
            var valueBytes = new byte[buffer.remaining()];
            buffer.get(valueBytes);
            var key = how.keys().decode(keyBytes);
            return switch (kind) {
                case DELETE -> new JournalRecord<>(key, null);
                case WRITE -> new JournalRecord<>(key, how.values().decode(valueBytes));
                default -> throw new IllegalArgumentException("kind " + kind);
            };
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "the journal of cache " + Text.quote(cache)
                            + " holds a write that cannot be read, all of them stay in " + how.file()
                            + ": are the codecs those it was written with?",
                    e);
        }
    }
}
