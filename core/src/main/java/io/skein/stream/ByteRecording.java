package io.skein.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a stream: the newest in memory, in a ring of chunks, the others in a file, where each stands at the position it
 * has in the stream.
 *
 * <pre>
 *   0 ............. spilled ............................ length
 *   [      file     ][ chunk ][ chunk ][ chunk ][ the last ]
 * </pre>
 *
 * The writer, alone with the lock, appends to the last chunk. When that is full and the ring is, too, it writes the oldest into
 * the file, raises {@code spilled}, and only then writes into that chunk again.
 *
 * <p><b>Readers take no lock.</b> They copy from where the position is in the ring, and look at {@code spilled} afterwards: if it is
 * beyond the beginning of the chunk they have copied from, that may have been written into meanwhile, and they take the file
 * instead. Who has seen a byte of the new content sees the new {@code spilled}, which was written before, with fences between the
 * two on both sides. No reader holds on to a chunk, so the ring is all the memory there is, however far behind readers are.
 */
class ByteRecording<K> extends Recording<K> {
    private static final int SMALLEST_CHUNK = 4 * 1024;
    private static final int LARGEST_CHUNK = 64 * 1024;

    /** The first chunk of a stream is no larger in the beginning, since many streams are small. */
    private static final int FIRST_SIZE = 1024;

    private static final int FEWEST_CHUNKS = 4;
    private static final int MOST_CHUNKS = 1 << 24;

    private static final VarHandle CHUNK = MethodHandles.arrayElementVarHandle(byte[][].class);

    private final SpillFolder folder;
    private final int chunkSize; // a power of two
    private final int mostChunks;

    /** The ring, as far as it has been used. Replaced by a larger one until there are as many chunks as there may be. */
    private volatile byte[][] chunks = new byte[FEWEST_CHUNKS][];

    private volatile long spilled;
    private volatile @Nullable SpillFile file;
    private volatile boolean disposed;

    ByteRecording(Address<K> address, Streams<K> home, Settings settings, SpillFolder folder) {
        super(address, home, settings, settings.maxAhead());
        this.folder = folder;
        long share = Long.highestOneBit(Math.max(1, settings.memoryLimit() / FEWEST_CHUNKS));
        this.chunkSize = (int) Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, share));
        this.mostChunks = (int) Math.max(FEWEST_CHUNKS, Math.min(MOST_CHUNKS, settings.memoryLimit() / chunkSize));
    }

    private int within(long position) {
        return (int) (position & (chunkSize - 1));
    }

    private int slot(long position) {
        return (int) (position / chunkSize % mostChunks);
    }

    // Writing

    /**
     * Writes all of it.
     *
     * @param waits whether to wait until the readers have room for it
     * @throws IOException if it has ended
     */
    final void append(byte[] bytes, int offset, int count, boolean waits) throws IOException, InterruptedException {
        writing.lock();
        try {
            int done = 0;
            while (done < count) {
                checkGrowing();
                int room = count - done;
                if (waits) {
                    room = (int) awaitRoom(room);
                    checkGrowing();
                }
                done += appendSome(bytes, offset + done, room);
            }
        } finally {
            writing.unlock();
        }
    }

    private int appendSome(byte[] bytes, int offset, int count) throws IOException {
        long end = length();
        checkSize(end + count);
        int from = within(end);
        int some = Math.min(count, chunkSize - from);
        System.arraycopy(bytes, offset, lastChunk(end, from + some), from, some);
        publish(end + some);
        return some;
    }

    private void checkSize(long size) {
        if (size > settings().maxBytes()) {
            var failure =
                    new IllegalStateException("more than maxBytes " + settings().maxBytes() + " of " + describe());
            fail(failure);
            throw failure;
        }
    }

    /** The chunk the end is in, with room for so many bytes. */
    private byte[] lastChunk(long end, int size) throws IOException {
        int slot = slot(end);
        if (slot == chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.min(mostChunks, 2 * slot));
        }
        byte @Nullable [] known = chunks[slot];
        if (known == null || known.length < size) {
            return enlarge(slot, known, size);
        }
        if (within(end) == 0 && end - spilled == (long) chunkSize * mostChunks) {
            spill(known);
        }
        return known;
    }

    /** A chunk of its full size, but for the first, which gets there by and by. Who copies from the old one finds its bytes there. */
    private byte[] enlarge(int slot, byte @Nullable [] known, int size) {
        int wanted = slot > 0 ? chunkSize : Math.max(FIRST_SIZE, 2 * Integer.highestOneBit(size - 1));
        var chunk = new byte[Math.min(chunkSize, wanted)];
        if (known != null) {
            System.arraycopy(known, 0, chunk, 0, known.length);
        }
        CHUNK.setRelease(chunks, slot, chunk);
        return chunk;
    }

    /** The oldest chunk, which is written into again after this. */
    private void spill(byte[] chunk) throws IOException {
        try {
            openFile().append(spilled, chunk);
        } catch (IOException | RuntimeException | Error e) {
            fail(e); // whatever the loader makes of it: there must be no gap
            throw e;
        }
        long end = spilled + chunkSize;
        spilled = end;
        VarHandle.storeStoreFence(); // before what is written into the chunk
    }

    private SpillFile openFile() throws IOException {
        var known = file;
        if (known == null) {
            known = folder.newFile();
            file = known;
            if (disposed) {
                known.close(); // guard against a dispose that has found no file yet
            }
        }
        return known;
    }

    // Reading

    /**
     * Copies some bytes, without waiting.
     *
     * @param lane the one of the file that is tried first
     * @return how many; 0 if there are none at this position yet
     */
    final int copy(long position, byte[] target, int offset, int count, int lane) throws IOException {
        int wanted = (int) Math.min(count, length() - position);
        if (wanted <= 0) {
            return 0;
        }
        checkOpen(disposed);
        int from = within(position);
        long start = position - from;
        if (start >= spilled) {
            int some = Math.min(wanted, chunkSize - from);
            System.arraycopy((byte[]) CHUNK.getAcquire(chunks, slot(position)), from, target, offset, some);
            VarHandle.loadLoadFence(); // before the second look
            if (start >= spilled) {
                return some;
            }
        }
        int some = (int) Math.min(wanted, spilled - position);
        return requireNonNull(file).read(position, target, offset, some, lane);
    }

    // What it occupies

    @Override
    void rest() {
        var open = file;
        if (open != null) {
            open.rest();
        }
    }

    @Override
    void dispose() {
        disposed = true;
        var open = file;
        if (open != null) {
            open.close();
        }
    }

    @Override
    long weight() {
        return length();
    }

    @Override
    long onDisk() {
        return spilled;
    }
}
