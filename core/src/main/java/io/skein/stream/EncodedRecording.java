package io.skein.stream;

import static java.util.Objects.requireNonNull;

import io.skein.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Items as bytes: of each its length, in four bytes, and what the codec makes of it. */
final class EncodedRecording<K, T> extends ByteRecording<K> implements Items<T> {
    private final Codec<T> codec;

    EncodedRecording(Address<K> address, Streams<K> home, Settings settings, SpillFolder folder, Codec<T> codec) {
        super(address, home, settings, folder);
        this.codec = codec;
    }

    @Override
    public Recording<?> recording() {
        return this;
    }

    @Override
    public void append(T item, boolean waits) throws IOException, InterruptedException {
        var body = codec.encode(item);
        var header = ByteBuffer.allocate(Integer.BYTES).putInt(body.length).array();
        writing.lock();
        try {
            checkGrowing();
            if (waits) {
                long unused = awaitRoom(1);
                checkGrowing();
            }
            append(
                    header,
                    0,
                    header.length,
                    false); // what has begun is ended, or it would stop in the middle of an item
            append(body, 0, body.length, false);
        } finally {
            writing.unlock();
        }
    }

    /** One at a time, if they are to be counted, since nobody knows how long they will be. */
    @Override
    public long room() {
        return maxAhead() == Settings.UNLIMITED ? Settings.UNLIMITED : Math.min(1, roomLeft());
    }

    @Override
    public Cursor<T> play() {
        var bytes = new ByteCursor(this);
        return new Cursor<>() {
            private final byte[] header = new byte[Integer.BYTES];
            private byte @Nullable [] body; // of the item that is being read, of which so much is there
            private int done;

            @Override
            public boolean hasMore() {
                return bytes.available() > 0;
            }

            @Override
            public @Nullable T next() throws IOException {
                if (body == null) {
                    if (bytes.available() < header.length) {
                        return null;
                    }
                    read(header, 0);
                    body = new byte[ByteBuffer.wrap(header).getInt()];
                    done = 0;
                }
                done = read(body, done);
                if (done < body.length) {
                    return null;
                }
                var item = requireNonNull(codec.decode(body), "what the codec has decoded");
                body = null;
                return item;
            }

            private int read(byte[] target, int from) throws IOException {
                int end = from;
                int some = target.length;
                while (end < target.length && some > 0) {
                    some = bytes.read(target, end, target.length - end);
                    end += some;
                }
                return end;
            }
        };
    }
}
