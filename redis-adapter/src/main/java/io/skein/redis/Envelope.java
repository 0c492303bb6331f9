package io.skein.redis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * What is written under the name of a value. What is read may have been written by anybody, and by any version: it is looked at
 * with care, and what is not understood is as if it were not there.
 *
 * @param kind what it stands for
 * @param schema what the payload is, so that it is not read as something else
 * @param version tells it from what was stored under this key before and after
 * @param epoch of the last invalidation that its load has seen
 * @param ttlMillis how long it is fresh
 * @param staleMillis how long it is kept after that
 * @param loadNanos how long it took to load
 * @param packed the value as bytes, deflated perhaps
 * @param length of the bytes before they were deflated; -1 if they are not
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Envelope(
        Kind kind,
        String schema,
        String version,
        long epoch,
        long ttlMillis,
        long staleMillis,
        long loadNanos,
        Optional<String> etag,
        List<String> tags,
        byte[] packed,
        int length) {

    enum Kind {
        VALUE(0),
        NOTHING(1),
        UNSHARED(2);

        /** As it is written. */
        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static @Nullable Kind of(int code) {
            for (var kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    private static final int MAGIC = 0x534b; // SK
    private static final int FORMAT = 1;
    private static final int KINDS = 3;
    private static final int DEFLATED = 4;
    private static final int KNOWN_FLAGS = KINDS | DEFLATED;
    static final int MOST_TAGS = 1_000;

    /** Deflate makes bytes of no more bytes than this. */
    private static final long MOST_DEFLATED = 1_100;

    /** The same with this payload, deflated if it is longer than that. */
    Envelope with(byte[] payload, int compressAbove) {
        var deflated = payload.length > compressAbove ? deflated(payload) : null;
        return new Envelope(
                kind,
                schema,
                version,
                epoch,
                ttlMillis,
                staleMillis,
                loadNanos,
                etag,
                tags,
                deflated == null ? payload : deflated,
                deflated == null ? -1 : payload.length);
    }

    /**
     * The value as bytes.
     *
     * @throws IllegalArgumentException if they cannot be inflated
     */
    byte[] payload() {
        return length < 0 ? packed : inflated(packed, length);
    }

    /** As it is written. */
    byte[] bytes() {
        var bytes = new ByteArrayOutputStream(128 + packed.length);
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(MAGIC);
            out.writeByte(FORMAT);
            out.writeByte(kind.code | (length < 0 ? 0 : DEFLATED));
            out.writeUTF(schema);
            out.writeUTF(version);
            out.writeLong(epoch);
            out.writeLong(ttlMillis);
            out.writeLong(staleMillis);
            out.writeLong(loadNanos);
            out.writeBoolean(etag.isPresent());
            if (etag.isPresent()) {
                out.writeUTF(etag.get());
            }
            out.writeInt(tags.size());
            for (var tag : tags) {
                out.writeUTF(tag);
            }
            out.writeInt(length < 0 ? packed.length : length);
            out.write(packed);
        } catch (IOException e) { // of a text of more than 64 KB
            throw new IllegalArgumentException("an etag or a tag is too long: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what has been written, perhaps.
     *
     * @param mostBytes as long may a payload be
     * @return null if it is not understood
     */
    static @Nullable Envelope of(byte[] bytes, long mostBytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readUnsignedShort() != MAGIC || in.readUnsignedByte() != FORMAT) {
                return null;
            }
            int flags = in.readUnsignedByte();
            var kind = Kind.of(flags & KINDS);
            if ((flags & ~KNOWN_FLAGS) != 0 || kind == null) {
                return null;
            }
            var schema = in.readUTF();
            var version = in.readUTF();
            long epoch = in.readLong();
            long ttl = in.readLong();
            long stale = in.readLong();
            long loadTime = in.readLong();
            Optional<String> etag = in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
            int count = in.readInt();
            if (count < 0 || count > MOST_TAGS || ttl < 0 || stale < 0 || loadTime < 0 || epoch < 0) {
                return null;
            }
            var tags = new ArrayList<String>(Math.min(count, 16));
            for (int i = 0; i < count; i++) {
                tags.add(in.readUTF());
            }
            int length = in.readInt();
            if (length < 0 || length > mostBytes) {
                return null;
            }
            var rest = in.readAllBytes();
            boolean isDeflated = (flags & DEFLATED) != 0;
            if (isDeflated ? length > rest.length * MOST_DEFLATED : length != rest.length) {
                return null;
            }
            return new Envelope(
                    kind,
                    schema,
                    version,
                    epoch,
                    ttl,
                    stale,
                    loadTime,
                    etag,
                    List.copyOf(tags),
                    rest,
                    isDeflated ? length : -1);
        } catch (IOException e) { // it ends too early, or a text is none
            return null;
        }
    }

    /** Null if that would not make it shorter. */
    private static byte @Nullable [] deflated(byte[] bytes) {
        var deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            var out = new byte[bytes.length];
            int length = deflater.deflate(out);
            return deflater.finished() ? Arrays.copyOf(out, length) : null;
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflated(byte[] bytes, int length) {
        var inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            var out = new byte[length];
            int done = 0;
            while (done < length) {
                int some = inflater.inflate(out, done, length - done);
                if (some == 0) {
                    throw new IllegalArgumentException("it is shorter than it should be");
                }
                done += some;
            }
            return out;
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("it is not deflated", e);
        } finally {
            inflater.end();
        }
    }
}
