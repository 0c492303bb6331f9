package io.skein.write.behind;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.internal.Text;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import io.skein.write.WriteBehindStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The writes that the source of a cache does not have yet (C10).
 *
 * <p>A key is pending from when a write has entered until the writer has it, or it was given up:
 *
 * <pre>
 *   not pending ──enter──▶ waiting ──its batch begins──▶ writing ──written, or given up──▶ not pending, or waiting
 *                           ▲   │                           │
 *                           └───┘ merged                    └── enter: the new one waits beside it
 * </pre>
 *
 * <p>What is pending is in the {@link Backlog}; the {@link Flusher} writes it. One lock guards both. No code of the user's runs
 * under it but methods of keys: what is merged and encoded is that before, and entered if nothing has changed meanwhile. It is a
 * monitor, since it is taken inside of steps of the cache: a virtual thread that waited there for another kind of lock would keep
 * its carrier, which the lock's owner may need.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Buffer<K, V> {
    private final String name;
    private final WriteBehind<K, V> settings;
    private final @Nullable BinaryOperator<V> merge;
    private final Ticker ticker;
    private final Object lock = new Object();
    private final Backlog<K, V> backlog;
    private final @Nullable JournalFile journal;
    private final Flusher<K, V> flusher;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable Thread closing; // from then on it takes nothing any more; guarded by the lock, like what follows
    private long merged;
    private long rejected;

    /** What the buffer asks of its cache. Not called under the lock. */
    public interface Cache<K> {
        /** The source has been changed: what was read from it before is not to be stored when the key is not pending any more. */
        void changed(K key);

        /** It is not pending any more, and what was pending was merged: the source may hold something else. */
        void written(K key);

        /** It is not pending any more, and the source does not have it any more. A later write of it may be pending. */
        void deleted(K key);

        /** It could not be written, and nobody knows what the source holds. A later write of the key may be pending. */
        void givenUp(K key);
    }

    /** A write that is about to enter. */
    public static final class Draft<V> {
        private final @Nullable V merged;
        private final @Nullable V pending;
        private final byte @Nullable [] record;

        /**
         * @param merged its value, merged with what waits; null for a delete
         * @param record for the journal
         */
        private Draft(@Nullable V merged, @Nullable V pending, byte @Nullable [] record) {
            this.merged = merged;
            this.pending = pending;
            this.record = record;
        }

        /** What is pending of the key with it; null for nothing. */
        public @Nullable V pending() {
            return pending;
        }
    }

    /** What became of it. */
    public enum Entered {
        /** It is pending. */
        YES,
        /** What was seen is not there any more. */
        CHANGED,
        /** There is no room. */
        FULL,
        /** The cache is closed. */
        CLOSED
    }

    /** Opens the journal, if there is one, and takes over what is in it. */
    public Buffer(
            String name,
            CacheWriter<K, V> writer,
            WriteBehind<K, V> settings,
            Ticker ticker,
            @Nullable Scheduler scheduler) {
        this.name = name;
        this.settings = settings.copy(); // whatever is set later
        this.merge = settings.merge().orElse(null);
        this.ticker = ticker;
        this.backlog = new Backlog<>(merge != null, settings.maxPending(), settings.maxBatch(), settings.maxDelay());
        this.journal =
                settings.journal().isEmpty() ? null : open(settings.journal().get());
        this.flusher = new Flusher<>(
                name,
                writer,
                this.settings,
                lock,
                backlog,
                journal,
                ticker,
                scheduler == null ? Scheduler.systemScheduler() : scheduler);
    }

    /** From now on, writes. */
    public void start(Cache<K> cache) {
        flusher.start(cache);
    }

    // The journal

    private JournalFile open(WriteBehind.Journal<K, V> how) {
        var file = open(how.file());
        try {
            long now = ticker.read();
            file.forEach((number, bytes) -> replay(file, number, JournalRecord.decode(bytes, how, name), how, now));
        } catch (Throwable e) {
            file.abandon();
            throw e;
        }
        var unused = file.commit();
        return file;
    }

    private JournalFile open(Path file) {
        try {
            return JournalFile.open(name, file);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "the journal of cache " + Text.quote(name) + " needs com.h2database:h2-mvstore on the class path",
                    e);
        }
    }

    /** Enters it as it was, but that all of it waits. */
    private void replay(
            JournalFile file, long number, JournalRecord<K, V> record, WriteBehind.Journal<K, V> how, long now) {
        var key = record.key();
        var old = backlog.get(key);
        var value = merged(key, old, record.value());
        backlog.restore(key, value, number, now);
        var next = requireNonNull(backlog.get(key));
        if (first(next) != number) {
            file.change(number, null);
            file.change(first(next), JournalRecord.encode(key, value, how));
        }
        eraseReplaced(file, old, next);
    }

    private static long first(Slot<?> slot) {
        return requireNonNull(slot.last()).first();
    }

    /** A delete takes the place of two that wait, and has the number of the first. */
    private static void eraseReplaced(JournalFile file, @Nullable Slot<?> old, Slot<?> next) {
        if (old != null && old.after() != null && next.after() == null) {
            file.change(old.after().first(), null);
        }
    }

    // Reading

    /** What is pending of a key, if anything. */
    public @Nullable Slot<V> look(K key) {
        synchronized (lock) {
            return backlog.get(key);
        }
    }

    /** What the source will hold of a key that is pending, as far as is known here; null for nothing. */
    public @Nullable V value(Slot<V> slot) {
        return slot.value(merge);
    }

    // Entering

    /** The time by which writes get old. */
    public long now() {
        return ticker.read();
    }

    /** Runs the merge function and the codecs. */
    public Draft<V> draft(K key, @Nullable Slot<V> seen, @Nullable V value) {
        var toWrite = merged(key, seen, value);
        var whole =
                merge == null ? toWrite : Slot.enter(seen, toWrite, true, 0, 0).value(merge);
        var record = settings.journal()
                .map(how -> JournalRecord.encode(key, toWrite, how))
                .orElse(null);
        return new Draft<>(toWrite, whole, record);
    }

    private @Nullable V merged(K key, @Nullable Slot<V> seen, @Nullable V value) {
        var earlier = seen == null ? null : seen.last();
        if (merge == null || value == null || earlier == null || earlier.value() == null) {
            return value;
        }
        return requireNonNull(
                merge.apply(earlier.value(), value), () -> "merge returned null for " + Text.of(name, key));
    }

    /** Whether a write of a key of which this was seen would find no room. */
    public boolean isFullFor(@Nullable Slot<V> seen) {
        synchronized (lock) {
            return isFull() && closing == null && (seen == null || seen.waiting() == null);
        }
    }

    private boolean isFull() {
        return backlog.pending() >= settings.maxBuffered();
    }

    /**
     * Takes on a write, in the step in which the cache stores it. After {@link Entered#YES}, outside of that, {@link #kick} and
     * {@link #acknowledgement}.
     *
     * @param seen what was seen when the draft was made
     */
    public Entered enter(K key, @Nullable Slot<V> seen, Draft<V> draft, long now) {
        synchronized (lock) {
            if (closing != null) {
                return Entered.CLOSED;
            }
            var old = backlog.get(key);
            if (merge != null && old != seen) {
                return Entered.CHANGED;
            }
            var next = backlog.next(key, draft.merged, now);
            boolean isMerged = old != null && next.size() <= old.size();
            if (isFull() && !isMerged) {
                return Entered.FULL;
            }
            backlog.enter(key, next);
            if (isMerged) {
                merged++;
            }
            if (old != null && next.size() < old.size()) {
                lock.notifyAll(); // a delete has made room
            }
            if (journal != null) {
                journal.change(first(next), draft.record);
                eraseReplaced(journal, old, next);
            }
            return Entered.YES;
        }
    }

    /** Has written what is due by now. */
    public void kick() {
        flusher.kick();
    }

    /** Done when all that has entered by now is as safe as it gets: at once if there is no journal. */
    public CompletableFuture<Void> acknowledgement() {
        return journal == null ? CompletableFuture.completedFuture(null) : journal.commit();
    }

    /** Why the journal takes nothing any more, if that is so. */
    public @Nullable Throwable failure() {
        return journal == null ? null : journal.failure();
    }

    /**
     * Waits until there may be room, or the cache is closed.
     *
     * @param deadline of the ticker
     * @return whether it may be tried again
     */
    public boolean awaitRoom(long deadline) throws InterruptedException {
        for (long left = deadline - ticker.read(); left > 0; left = deadline - ticker.read()) {
            synchronized (lock) {
                if (!isFull() || closing != null) {
                    return true;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, flusher.glance(left));
            }
        }
        return false;
    }

    /** A call is told that there is no room. */
    public void rejected() {
        synchronized (lock) {
            rejected++;
        }
    }

    // Flushing and closing

    /**
     * Has all written that has entered before.
     *
     * @return a future of the caller's own, done when it is
     */
    public CompletableFuture<Void> flush() {
        return flusher.flush();
    }

    /**
     * Takes nothing any more, and waits until all is written, or {@code closeTimeout} is over. Then interrupts the writer, and
     * tells what is left. One that is deaf to that may go on to write, and nobody knows. Who closes it again waits for the first,
     * unless that waits for him.
     */
    public void close() {
        Thread first;
        synchronized (lock) {
            first = closing;
            if (first == null) {
                closing = Thread.currentThread();
                lock.notifyAll();
            }
        }
        if (first == null) {
            try {
                flusher.close(Backlog.nanos(settings.closeTimeout()));
            } finally {
                ended.complete(null);
            }
        } else if (first != Thread.currentThread() && !flusher.isRunningHere()) {
            ended.join(); // no interrupt ends it
        }
    }

    /** What it has done. */
    public WriteBehindStats stats() {
        long now = ticker.read();
        synchronized (lock) {
            return new WriteBehindStats(
                    backlog.pending(),
                    Duration.ofNanos(backlog.age(now)),
                    merged,
                    flusher.flushed(),
                    flusher.retried(),
                    flusher.deadLettered(),
                    rejected);
        }
    }
}
