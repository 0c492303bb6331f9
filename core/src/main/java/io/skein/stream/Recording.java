package io.skein.stream;

import io.skein.internal.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a loader has written so far, and who reads it.
 *
 * <pre>
 *   GROWING → COMPLETE     the loader has returned, and its flight has landed
 *           → FAILED       it threw, its time is up, nobody reads any more, or the group is closed
 * </pre>
 *
 * It ends once, by a compare-and-set. Only a writer that holds the lock makes it longer, and only while it grows and is not
 * sealed. Sealing it takes the lock, so nothing is written when it is complete. A failure does not wait for the lock: a writer
 * may wait for readers with it.
 *
 * <p><b>Holds.</b> Every reader holds it, and so does the group where it keeps it for readers to come. The count cannot rise from
 * zero. Who takes it there cancels what still runs, and frees what the recording occupies, once.
 *
 * <p><b>No reader sleeps through news.</b> One that has nothing left to read enters {@code waiting} and looks at length and ending
 * once more before it sleeps; who changes those looks at {@code waiting} afterwards, and wakes all who are in it. All four steps
 * are volatile, so at least one of the two sees the other. Likewise a writer that waits for room, with {@code writer} and {@code
 * furthest}.
 */
abstract class Recording<K> {
    private static final Ending COMPLETE = new Ending(null);

    /** How a recording ended; without a failure it is complete. */
    record Ending(@Nullable Throwable failure) {}

    /** What became of a reader's wish to come aboard. */
    enum Boarding {
        ABOARD,
        GONE,
        FULL
    }

    /** For whoever writes. */
    final ReentrantLock writing = new ReentrantLock();

    private final Address<K> address;
    private final Streams<K> home;
    private final Settings settings;
    private final long maxAhead;
    private final long madeAt;

    /** The first is of the reader it is made for. */
    private final AtomicInteger holds = new AtomicInteger(1);

    private final AtomicInteger readers = new AtomicInteger(1);
    private final Set<Follower> waiting = ConcurrentHashMap.newKeySet();

    /** No fewer than are in there: the set's own count is none that can be relied on while it changes. */
    private final AtomicInteger waitingCount = new AtomicInteger();

    private final AtomicLong furthest = new AtomicLong();
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

    /** Of bytes or items; what is written becomes visible by it. */
    private volatile long length;

    private volatile @Nullable Follower writer;
    private volatile @Nullable Thread runner;
    private volatile @Nullable Thread opener = Thread.currentThread();
    private volatile @Nullable CompletableFuture<?> flight;
    private volatile long number;
    private volatile boolean hasRun;
    private volatile boolean forgotten;
    private volatile boolean sealed;

    Recording(Address<K> address, Streams<K> home, Settings settings, long maxAhead) {
        this.address = address;
        this.home = home;
        this.settings = settings;
        this.maxAhead = maxAhead;
        this.madeAt = settings.ticker().read();
    }

    Address<K> address() {
        return address;
    }

    K key() {
        return address.key();
    }

    /** Time since it was made. */
    Duration age() {
        return Duration.ofNanos(settings.ticker().read() - madeAt);
    }

    Settings settings() {
        return settings;
    }

    /** For messages. */
    String describe() {
        return Text.of(settings.name(), address.key());
    }

    // Who holds it

    /** Holds it for a reader to come, or one that is about to. False if nobody holds it any more. */
    boolean hold() {
        int now = holds.get();
        while (now != 0 && !holds.compareAndSet(now, now + 1)) {
            now = holds.get();
        }
        return now != 0;
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            home.emptied(this);
        }
    }

    /** A reader, in addition to the one it was made for. */
    Boarding board() {
        if (!hold()) {
            return Boarding.GONE;
        }
        int now = readers.get();
        while (now < settings.maxReaders()) {
            if (readers.compareAndSet(now, now + 1)) {
                return Boarding.ABOARD;
            }
            now = readers.get();
        }
        release();
        return Boarding.FULL;
    }

    /** A reader leaves, or is done. */
    void leave() {
        boolean last = readers.decrementAndGet() == 0;
        release();
        if (last && holds.get() != 0) {
            rest();
            wakeWriter(); // there is nobody to wait for
        }
    }

    int readers() {
        return readers.get();
    }

    // What runs

    /** Its flight has taken off, and the thread that has brought it so far goes on. */
    void flies(CompletableFuture<?> newFlight) {
        flight = newFlight;
        opener = null;
    }

    void cancelFlight() {
        var running = flight;
        if (running != null) {
            running.cancel(true);
        }
    }

    /** Which thread is in the loader now; null if none is any more. */
    void runner(@Nullable Thread thread) {
        hasRun = true;
        runner = thread;
    }

    /** Whether the loader has been entered. */
    boolean hasRun() {
        return hasRun;
    }

    /** It is not to be kept, even if its flight has not taken off yet. */
    void forget() {
        forgotten = true;
    }

    boolean isForgotten() {
        return forgotten;
    }

    @Nullable
    Thread runner() {
        return runner;
    }

    /** The number of its flight, for listeners; 0 if they have not been told of it yet. */
    long number() {
        return number;
    }

    void number(long newNumber) {
        number = newNumber;
    }

    // Its end

    @Nullable
    Ending ending() {
        return ending.get();
    }

    /** What it has failed with, if it has. */
    @Nullable
    Throwable failure() {
        var ended = ending.get();
        return ended == null ? null : ended.failure();
    }

    boolean isGrowing() {
        return ending.get() == null;
    }

    /** @throws IOException if it has ended */
    void checkGrowing() throws IOException {
        var failure = failure();
        if (failure != null) {
            throw new IOException("nothing is wanted any more of " + describe() + ": " + failure, failure);
        }
        if (sealed) {
            throw new IOException("the loader of " + describe() + " has returned");
        }
    }

    /** @throws IOException if it has been disposed of under its readers */
    void checkOpen(boolean disposed) throws IOException {
        if (disposed) {
            throw new IOException("the group is closed, of " + describe());
        }
    }

    /** The loader has returned: nothing may be written any more. */
    void seal() {
        writing.lock();
        try {
            sealed = true;
        } finally {
            writing.unlock();
        }
    }

    /** Does nothing if it had ended before. To be sealed before. */
    void complete() {
        end(COMPLETE);
        rest();
    }

    /** False if it had ended before. */
    boolean fail(Throwable failure) {
        return end(new Ending(failure));
    }

    void abandon() {
        fail(new CancellationException("nobody reads " + describe() + " any more"));
    }

    private boolean end(Ending how) {
        if (!ending.compareAndSet(null, how)) {
            return false;
        }
        wakeReaders();
        wakeWriter();
        return true;
    }

    // Its length

    long length() {
        return length;
    }

    /** What has been written up to here can be read. With the lock. */
    void publish(long newLength) {
        length = newLength;
        wakeReaders();
    }

    /**
     * Waits until something may be written. With the lock.
     *
     * @return how much, up to what is wanted; anything if it has ended
     */
    long awaitRoom(long wanted) throws InterruptedException {
        long room = roomLeft();
        if (room <= 0 && Thread.currentThread() != opener) { // who opens cannot read meanwhile
            var me = Thread.currentThread();
            writer = () -> LockSupport.unpark(me);
            try {
                room = roomLeft();
                while (room <= 0 && isGrowing()) {
                    LockSupport.park();
                    if (Thread.interrupted()) {
                        throw new InterruptedException("interrupted while waiting for the readers of " + describe());
                    }
                    room = roomLeft();
                }
            } finally {
                writer = null;
            }
        }
        return room <= 0 ? wanted : Math.min(room, wanted);
    }

    /** How much may be written before the fastest reader has to come closer; not positive if nothing may. */
    final long roomLeft() {
        if (maxAhead == Settings.UNLIMITED || readers.get() == 0) {
            return Settings.UNLIMITED;
        }
        return furthest.get() + maxAhead - length;
    }

    final long maxAhead() {
        return maxAhead;
    }

    /** Is told whenever there may be more room. */
    void writer(Follower newWriter) {
        writer = newWriter;
    }

    /** A reader has read everything up to here. */
    void readTo(long position) {
        if (maxAhead == Settings.UNLIMITED) {
            return;
        }
        long known = furthest.get();
        while (position > known) {
            if (furthest.compareAndSet(known, position)) {
                wakeWriter();
                return;
            }
            known = furthest.get();
        }
    }

    // Who waits

    /** To be followed by a look at {@link #length} and {@link #ending}. */
    void enter(Follower follower) {
        waitingCount.incrementAndGet();
        waiting.add(follower);
    }

    void exit(Follower follower) {
        waiting.remove(follower);
        waitingCount.decrementAndGet();
    }

    private void wakeReaders() {
        if (waitingCount.get() != 0) {
            waiting.forEach(Follower::wake);
        }
    }

    private void wakeWriter() {
        var waits = writer;
        if (waits != null) {
            waits.wake();
        }
    }

    // What it occupies

    /** Gives back what is not needed while nobody reads or writes. */
    abstract void rest();

    /** Frees memory and file. Readers that are left, after a close, fail. May be called again. */
    abstract void dispose();

    /** For the limit of what is kept: about as many bytes as it occupies. */
    abstract long weight();

    /** Bytes. */
    abstract long onDisk();

    /** As the key of its flight, it is written like its own key. */
    @Override
    public String toString() {
        return String.valueOf(address.key());
    }
}
