package io.skein;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Makes bytes of objects, and objects of bytes that may have been written by another version of the program. Called by many
 * threads at once. What it cannot do, it throws a {@link RuntimeException} for.
 *
 * @param <T> what is made bytes of
 */
public interface Codec<T> {
    /** The bytes of an object. They are not changed after that. */
    byte[] encode(T object);

    /** An object that is equal to the one the bytes were made of. */
    T decode(byte[] bytes);

    /** A codec of two functions. */
    static <T> Codec<T> of(Function<? super T, byte[]> encoder, Function<byte[], ? extends T> decoder) {
        requireNonNull(encoder, "encoder");
        requireNonNull(decoder, "decoder");
        return new Codec<>() {
            @Override
            public byte[] encode(T object) {
                return encoder.apply(object);
            }

            @Override
            public T decode(byte[] bytes) {
                return decoder.apply(bytes);
            }
        };
    }

    /** Texts as UTF-8. Fails for what is none, rather than replacing it. */
    static Codec<String> utf8() {
        return of(
                text -> {
                    try {
                        var buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                        var bytes = new byte[buffer.remaining()];
                        buffer.get(bytes);
                        return bytes;
                    } catch (CharacterCodingException e) {
                        throw new IllegalArgumentException(
                                "a text that UTF-8 cannot hold: half of a surrogate pair", e);
                    }
                },
                bytes -> {
                    try {
                        return StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString();
                    } catch (CharacterCodingException e) {
                        throw new IllegalArgumentException("not UTF-8, " + bytes.length + " bytes", e);
                    }
                });
    }

    /** Eight bytes, the highest first. */
    static Codec<Long> int64() {
        return of(
                number -> ByteBuffer.allocate(Long.BYTES).putLong(number).array(),
                bytes -> whole(bytes, Long.BYTES).getLong());
    }

    /** Four bytes, the highest first. */
    static Codec<Integer> int32() {
        return of(
                number -> ByteBuffer.allocate(Integer.BYTES).putInt(number).array(),
                bytes -> whole(bytes, Integer.BYTES).getInt());
    }

    /** Bytes as they are. */
    static Codec<byte[]> bytes() {
        return of(byte[]::clone, byte[]::clone);
    }

    private static ByteBuffer whole(byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException("should be " + length + " bytes, were " + bytes.length);
        }
        return ByteBuffer.wrap(bytes);
    }
}
