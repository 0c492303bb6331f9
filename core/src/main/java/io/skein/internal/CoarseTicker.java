package io.skein.internal;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The system's time for those who ask often and do not mind a few milliseconds: reading the real clock can cost as much
 * as all the rest of a flight.
 *
 * <p>Asked seldom, it reads the real clock. Asked often, it starts a daemon thread that writes the time down every
 * millisecond, and returns what stands there. After a second the thread ends, and only if it is still asked often
 * another is started. So an idle JVM has no such thread.
 */
public final class CoarseTicker implements Ticker {
    public static final Ticker INSTANCE = new CoarseTicker();

    private static final long TICK = 1_000_000;
    private static final int TICKS = 1_000;

    /** So many reads of the real clock within one window make it worth a thread. */
    private static final int MANY = 2_000;

    private static final long WINDOW = 20_000_000;

    private static final long NOBODY_WRITES = Long.MIN_VALUE;

    private volatile long written = NOBODY_WRITES;

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean writing = new AtomicBoolean();
    private volatile long windowStart = System.nanoTime();

    private CoarseTicker() {}

    @Override
    public long read() {
        long time = written;
        return time != NOBODY_WRITES ? time : readReal();
    }

    private long readReal() {
        long now = System.nanoTime();
        int count = reads.incrementAndGet();
        if (now - windowStart > WINDOW) {
            windowStart = now;
            reads.set(1);
        } else if (count == MANY) { // one reader of each window sees it
            startWriting();
        }
        return now;
    }

    private void startWriting() {
        if (!writing.compareAndSet(false, true)) {
            return;
        }
        var thread = new Thread(null, this::write, "skein-clock", 64 * 1024, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no thread to be had: the real clock serves as well
            writing.set(false);
        }
    }

    private void write() {
        for (int i = 0; i < TICKS; i++) {
            written = System.nanoTime();
            LockSupport.parkNanos(TICK);
        }
        windowStart = System.nanoTime();
        reads.set(0);
        written = NOBODY_WRITES;
        writing.set(false);
    }
}
