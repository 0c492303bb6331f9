package io.skein.stream;

import static java.util.Objects.checkFromIndexSize;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.LoadCycleException;
import io.skein.internal.LoadThreads;
import io.skein.stream.Recording.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a recording, from its beginning to its end. For one thread at a time, but anybody may close it, which ends a read
 * that waits. It leaves when it is closed, when it has told the end, and when it has become garbage.
 */
final class ByteReader extends InputStream implements Follower {
    private static final Cleaner CLEANER = Cleaner.create();

    /** How often a ticker is looked at that may move without the system's. */
    private static final long GLANCE = 2_000_000;

    private static final int END = -1;
    private static final int LONGEST_CHAIN = 100;

    /** That it is aboard. Must not know the reader, which could not become garbage then. */
    private static final class Seat extends AtomicBoolean implements Runnable {
        private static final long serialVersionUID = 1L;

        private final transient Recording<?> recording;

        Seat(Recording<?> recording) {
            this.recording = recording;
        }

        /** By the cleaner, whose thread is for all. */
        @Override
        public void run() {
            if (!get()) {
                LoadThreads.sharedPlatform().execute(this::leave);
            }
        }

        void leave() {
            if (compareAndSet(false, true)) {
                recording.leave();
            }
        }
    }

    private final ByteRecording<?> recording;
    private final ByteCursor cursor;
    private final Seat seat;
    private final Cleaner.Cleanable cleanable;
    private final byte[] one = new byte[1];

    private volatile boolean closed;
    private volatile @Nullable Ending told; // the end that has been read
    private volatile @Nullable Thread sleeper;

    /** A reader that is aboard. */
    ByteReader(ByteRecording<?> recording) {
        this.recording = recording;
        this.cursor = new ByteCursor(recording);
        this.seat = new Seat(recording);
        this.cleanable = CLEANER.register(this, seat);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) == END ? END : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        checkFromIndexSize(offset, count, target.length);
        checkOpen();
        if (count == 0) {
            return 0;
        }
        var end = told;
        if (end != null) {
            return tell(end);
        }
        try {
            while (true) {
                var ended = recording.ending(); // before the look at what there is: nothing is written after it
                int some = readSome(target, offset, count);
                if (some > 0) {
                    return some;
                }
                if (ended != null) {
                    told = ended;
                    leave();
                    return tell(ended);
                }
                await();
            }
        } finally {
            Reference.reachabilityFence(this); // no garbage while it reads
        }
    }

    private int readSome(byte[] target, int offset, int count) throws IOException {
        try {
            return cursor.read(target, offset, count);
        } catch (IOException e) {
            checkOpen(); // this reader's own close may have been the last, and taken the file away
            throw e;
        }
    }

    private int tell(Ending end) throws IOException {
        var failure = end.failure();
        if (failure != null) {
            throw new IOException("streaming " + recording.describe() + " failed: " + failure, failure);
        }
        return END;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("this reader of " + recording.describe() + " is closed");
        }
    }

    // Waiting

    private boolean isNews() {
        return cursor.available() > 0 || !recording.isGrowing() || closed;
    }

    /** Until there is something to read, or the end of it. */
    private void await() throws IOException {
        long timeout = recording.settings().readTimeout();
        var ticker = recording.settings().ticker();
        long since = timeout == 0 ? 0 : ticker.read();
        sleeper = Thread.currentThread();
        recording.enter(this);
        LockSupport.setCurrentBlocker(this); // for the look for circles
        try {
            while (!isNews()) {
                checkCycle();
                long left = timeout == 0 ? Long.MAX_VALUE : timeout - (ticker.read() - since);
                if (left <= 0) {
                    throw new ReadTimeoutException("nothing came within readTimeout " + Duration.ofNanos(timeout)
                            + ", reading " + recording.describe());
                }
                if (!isNews()) {
                    park(left, ticker);
                }
                if (Thread.currentThread().isInterrupted() && !isNews()) {
                    throw new InterruptedIOException("interrupted while reading " + recording.describe());
                }
            }
        } finally {
            LockSupport.setCurrentBlocker(null);
            recording.exit(this);
            sleeper = null;
        }
        checkOpen();
    }

    private static void park(long left, Ticker ticker) {
        if (left == Long.MAX_VALUE) {
            LockSupport.park();
        } else {
            LockSupport.parkNanos(ticker == Ticker.systemTicker() ? left : Math.min(left, GLANCE));
        }
    }

    /** One of a chain of readers, each waiting for what the thread of the next one writes. */
    private record Link(ByteReader reader, Thread waiting) {
        /** It has nothing to read, and waits for it; in this order, since it may take up what comes and wait again. */
        boolean waits() {
            return !reader.isNews() && LockSupport.getBlocker(waiting) == reader;
        }
    }

    /**
     * Whether the loader of what this thread waits for waits for this thread, through others perhaps (G11).
     *
     * <p>Who has been found waiting may have gone on since. So all are looked at again, the last of the chain first, which only
     * this thread could wake. If that one waits, who waits for its thread gets nothing more; and so on, back to this reader.
     */
    private void checkCycle() {
        VarHandle.fullFence(); // of two that close a circle at once, one has to see the other
        var me = Thread.currentThread();
        var first = recording.runner();
        if (first == null || (first != me && !(LockSupport.getBlocker(first) instanceof ByteReader))) {
            return; // as nearly always
        }
        var chain = new ArrayDeque<>(List.of(new Link(this, me)));
        while (chain.size() < LONGEST_CHAIN) {
            var loader = chain.getLast().reader.recording.runner();
            if (loader == me) {
                boolean isCycle = true;
                for (var link = chain.descendingIterator(); isCycle && link.hasNext(); ) {
                    isCycle = link.next().waits();
                }
                if (isCycle) {
                    throw cycle(chain);
                }
                return;
            }
            if (loader == null || !(LockSupport.getBlocker(loader) instanceof ByteReader next)) {
                return;
            }
            chain.add(new Link(next, loader));
        }
    }

    private static LoadCycleException cycle(Deque<Link> chain) {
        var text = chain.stream().map(link -> link.reader.recording.describe()).collect(Collectors.joining(" -> "));
        return new LoadCycleException(
                "the loader of " + chain.getLast().reader.recording.describe() + " would wait for itself: " + text
                        + " -> this thread",
                null);
    }

    @Override
    public void wake() {
        var thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    // The rest of an InputStream

    /** What can be read without waiting. */
    @Override
    public int available() throws IOException {
        checkOpen();
        return told != null ? 0 : (int) Math.min(Integer.MAX_VALUE, cursor.available());
    }

    /** Passes over what is there without reading it; waits for a byte if nothing is. */
    @Override
    public long skip(long count) throws IOException {
        checkOpen();
        if (count <= 0 || told != null) {
            return 0;
        }
        long there = Math.min(count, cursor.available());
        if (there > 0) {
            cursor.move(there);
            return there;
        }
        return read() == END ? 0 : 1;
    }

    /** May be called by any thread, and again. */
    @Override
    public void close() {
        closed = true;
        wake();
        leave();
    }

    private void leave() {
        seat.leave();
        cleanable.clean(); // it is not needed any more
    }
}
