package io.skein.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Items as they are, all of them in memory, in chunks that are appended to. */
final class ItemRecording<K, T> extends Recording<K> implements Items<T> {
    private static final int SMALLEST_CHUNK = 16;
    private static final int LARGEST_CHUNK = 1024;

    /** For the limit of what is kept, since nobody knows how large items are. */
    private static final int WEIGHT = 64;

    private static final class Chunk {
        final long start;
        final @Nullable Object[] items;

        /** Visible by the length, which is beyond this chunk then. */
        @Nullable
        Chunk next;

        Chunk(long start, int size) {
            this.start = start;
            this.items = new Object[size];
        }

        long end() {
            return start + items.length;
        }
    }

    private final Chunk first = new Chunk(0, SMALLEST_CHUNK);
    private Chunk tail = first; // with the lock
    private volatile boolean disposed;

    ItemRecording(Address<K> address, Streams<K> home, Settings settings) {
        super(address, home, settings, settings.maxItemsAhead());
    }

    @Override
    public Recording<?> recording() {
        return this;
    }

    @Override
    public void append(T item, boolean waits) throws IOException, InterruptedException {
        writing.lock();
        try {
            checkGrowing();
            if (waits) {
                long unused = awaitRoom(1);
                checkGrowing();
            }
            long end = length();
            if (end == settings().maxItems()) {
                var failure = new IllegalStateException("more than maxItems " + end + " of " + describe()
                        + ": allow more, or give a codec, with which they are kept in a file");
                fail(failure);
                throw failure;
            }
            if (end == tail.end()) {
                var next = new Chunk(end, Math.min(LARGEST_CHUNK, 2 * tail.items.length));
                tail.next = next;
                tail = next;
            }
            tail.items[(int) (end - tail.start)] = item;
            publish(end + 1);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public long room() {
        return Math.min(roomLeft(), maxAhead());
    }

    @Override
    public Cursor<T> play() {
        return new Cursor<>() {
            private Chunk chunk = first;
            private long position;

            @Override
            public boolean hasMore() {
                return position < length();
            }

            @Override
            @SuppressWarnings("unchecked") // only items were put there
            public @Nullable T next() throws IOException {
                checkOpen(disposed);
                if (!hasMore()) {
                    return null;
                }
                if (position == chunk.end()) {
                    chunk = requireNonNull(chunk.next);
                }
                var item = (T) chunk.items[(int) (position - chunk.start)];
                position++;
                readTo(position);
                return item;
            }
        };
    }

    @Override
    void rest() {}

    @Override
    void dispose() {
        disposed = true;
    }

    @Override
    long weight() {
        return WEIGHT * length();
    }

    @Override
    long onDisk() {
        return 0;
    }
}
