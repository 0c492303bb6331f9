package io.skein.write.behind;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import io.skein.internal.Work;
import io.skein.write.CacheWriter;
import io.skein.write.DeadLetter;
import io.skein.write.WriteBehind;
import io.skein.write.behind.Slot.Write;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who gives the writer what is due of a {@link Backlog}: one thread at a time, and one batch at a time. So nothing overtakes what
 * is being written.
 *
 * <pre>
 *   idle ──due: kick──▶ starting ──▶ running ──nothing due, or a batch has failed and pauses──▶ idle
 * </pre>
 *
 * <p>Whoever may have made something due calls {@link #kick}: who enters, flushes or closes, the timer, and the thread that writes
 * when it ends. So nothing due is left lying, and a timer that is lost costs time only until the next of them comes.
 *
 * <p>The lock is the {@link Buffer}'s, and guards all that changes here. No code of the user's runs under it but methods of keys.
 */
final class Flusher<K, V> {
    private static final System.Logger LOG = System.getLogger(WriteBehind.class.getName());

    /** A timer that is so late will not ring any more. */
    private static final long LOST = TimeUnit.SECONDS.toNanos(2);

    /** How often time is looked at where a ticker of the user's own may move independently of the system's. */
    private static final long GLANCE = TimeUnit.MILLISECONDS.toNanos(2);

    /** How long a writer that has been interrupted may take to notice. */
    private static final long MOMENT = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final CacheWriter<K, V> writer;
    private final WriteBehind<K, V> settings;
    private final Object lock;
    private final Backlog<K, V> backlog;
    private final @Nullable JournalFile journal;
    private final Ticker ticker;
    private final Timer timer;
    private volatile long lastTime;

    private final List<Flush> flushes = new ArrayList<>();
    private Buffer.@Nullable Cache<K> cache; // null before it is started
    private @Nullable Thread running;
    private boolean starting; // a thread has been asked for
    private @Nullable Work work;
    private boolean timed;
    private long timedFor;
    private boolean stopping; // calls the writer no more
    private boolean closed; // what the writer does now is not noticed any more
    private long flushed;
    private long retried;
    private long deadLettered;

    private record Flush(long upTo, CompletableFuture<Void> done) {}

    /** @param lock of the buffer; is notified when there may be room, or nothing left */
    Flusher(
            String name,
            CacheWriter<K, V> writer,
            WriteBehind<K, V> settings,
            Object lock,
            Backlog<K, V> backlog,
            @Nullable JournalFile journal,
            Ticker ticker,
            Scheduler scheduler) {
        this.name = name;
        this.writer = writer;
        this.settings = settings;
        this.lock = lock;
        this.backlog = backlog;
        this.journal = journal;
        this.ticker = ticker;
        this.timer = new Timer(scheduler, this::timeIsUp, this::isTimed);
    }

    void start(Buffer.Cache<K> owner) {
        synchronized (lock) {
            cache = owner;
        }
        kick();
    }

    private Buffer.Cache<K> cache() {
        return requireNonNull(cache);
    }

    // When to write

    /** Has a thread write if something is due, and a timer set if something will be. */
    void kick() {
        long now = time();
        long wait;
        synchronized (lock) {
            if (running != null || starting || stopping || cache == null) {
                return;
            }
            wait = backlog.untilDue(now);
            if (wait <= 0) {
                starting = true;
            } else if (wait == Backlog.NEVER || (timed && timedFor - (now + wait) <= 0 && now - timedFor <= LOST)) {
                return;
            } else {
                timed = true;
                timedFor = now + wait;
            }
        }
        if (wait > 0) {
            timer.set(wait, now + wait);
            return;
        }
        try {
            LoadThreads.sharedPlatform().execute(this::run);
        } catch (Throwable e) { // no thread to be had
            LOG.log(Level.WARNING, "no thread to write what is pending of cache " + Text.quote(name), e);
            notStarted(now);
        }
    }

    private void notStarted(long now) {
        long pause = Backlog.nanos(settings.longestPause());
        synchronized (lock) {
            starting = false;
            timed = true;
            timedFor = now + pause;
        }
        timer.set(pause, now + pause);
    }

    /** Of the user's ticker. If that fails, no time has passed; what is due otherwise is written all the same. */
    private long time() {
        try {
            lastTime = ticker.read();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "the ticker of cache " + Text.quote(name) + " failed", e);
        }
        return lastTime;
    }

    private void timeIsUp(long time) {
        synchronized (lock) {
            timed &= timedFor != time; // another may have been set
        }
        kick();
    }

    private boolean isTimed(long time) {
        synchronized (lock) {
            return timed && timedFor == time;
        }
    }

    private boolean isStopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    /** How long to sleep before looking whether so much time has passed. */
    long glance(long left) {
        return ticker == Ticker.systemTicker() ? left : Math.min(left, GLANCE);
    }

    // Writing

    private void run() {
        synchronized (lock) {
            starting = false;
            running = Thread.currentThread();
        }
        try {
            for (var batch = take(); batch != null; batch = take()) {
                write(batch);
            }
        } catch (Throwable e) { // of methods of keys, say: what is pending still is
            LOG.log(Level.ERROR, "writing what is pending of cache " + Text.quote(name) + " failed", e);
            rest();
        }
        tellFlushed(); // those who came while the last batch was ended
        kick();
    }

    /** What is to be written now; if there is nothing, the thread is not running any more. */
    private @Nullable Batch<K, V> take() {
        long now = time();
        synchronized (lock) {
            var batch = stopping ? null : backlog.take(now);
            if (batch == null) {
                running = null;
                lock.notifyAll();
            }
            return batch;
        }
    }

    private void rest() {
        long now = time();
        synchronized (lock) {
            running = null;
            backlog.rest(now + Backlog.nanos(settings.longestPause()));
            lock.notifyAll();
        }
    }

    private void write(Batch<K, V> batch) {
        if (batch.tries() == 0) {
            awaitJournal(); // else an older record of it might be written after it, if the JVM dies meanwhile
        }
        var done = new LinkedHashSet<K>();
        var deleted = batch.deleted();
        var failure = called(() -> batch.give(writer, done));
        written(done, deleted);
        if (failure == null) {
            return;
        }
        if (batch.tries() <= settings.retries()) {
            pause(batch);
            return;
        }
        done.clear();
        var lost = new ArrayList<Batch.Lost<K, V>>();
        var unused = called(() -> {
            lost.addAll(batch.giveOneByOne(writer, done, failure, this::isStopping));
            return null;
        });
        written(done, deleted);
        givenUp(lost);
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Throwable run();
    }

    /** Calls the writer, which may be interrupted when the cache is closed. */
    private @Nullable Throwable called(Call call) {
        var own = new Work();
        synchronized (lock) {
            if (stopping) {
                return new IllegalStateException("cache " + Text.quote(name) + " is closed");
            }
            work = own;
        }
        try {
            return own.begin() ? call.run() : null;
        } finally {
            own.end();
        }
    }

    private void pause(Batch<K, V> batch) {
        int doublings = Math.min(batch.tries() - 1, 30);
        long longest = Backlog.nanos(settings.longestPause());
        long first = Backlog.nanos(settings.pause());
        long pause = first > longest >> doublings ? longest : first << doublings;
        long now = time();
        synchronized (lock) {
            backlog.resume(now + pause);
            retried += batch.left().size();
        }
    }

    private void written(Collection<K> keys, Set<K> deleted) {
        if (keys.isEmpty()) {
            return;
        }
        keys.forEach(cache()::changed);
        var numbers = end(keys, false);
        if (numbers == null) {
            return;
        }
        try {
            if (settings.merge().isPresent()) {
                keys.forEach(cache()::written);
            } else {
                keys.stream().filter(deleted::contains).forEach(cache()::deleted);
            }
        } finally {
            erase(numbers);
            tellFlushed();
        }
    }

    private void givenUp(List<Batch.Lost<K, V>> lost) {
        if (lost.isEmpty()) {
            return;
        }
        var keys = lost.stream().map(Batch.Lost::key).toList();
        keys.forEach(cache()::changed);
        var numbers = end(keys, true);
        if (numbers == null) {
            return;
        }
        try {
            keys.forEach(cache()::givenUp);
        } finally {
            lost.forEach(one -> toDeadLetters(one.key(), one.write(), one.failure()));
            erase(numbers);
            tellFlushed();
        }
    }

    /**
     * These are not pending any more. After {@link Buffer.Cache#changed}: what was read earlier stays refused.
     *
     * @return their numbers; null if the cache has been closed, and has told of them
     */
    private @Nullable List<Long> end(Collection<K> keys, boolean areLost) {
        synchronized (lock) {
            if (closed) {
                return null;
            }
            if (areLost) {
                deadLettered += keys.size();
            } else {
                flushed += keys.size();
            }
            lock.notifyAll(); // there is room
            return backlog.end(keys);
        }
    }

    /** Before the next batch begins, lest more than one is written twice. */
    private void erase(List<Long> numbers) {
        if (journal == null || numbers.isEmpty()) {
            return;
        }
        numbers.forEach(number -> journal.change(number, null));
        awaitJournal();
    }

    /** Until all that was changed is on disk. */
    private void awaitJournal() {
        if (journal == null) {
            return;
        }
        try {
            journal.commit().join(); // no interrupt ends it
        } catch (CompletionException e) {
            LOG.log(Level.DEBUG, "not on disk, and the journal has said itself why", e);
        }
    }

    private void toDeadLetters(K key, Write<V> write, Throwable failure) {
        try {
            var letter = new DeadLetter<>(name, key, write.value(), failure);
            var listener = settings.deadLetters().orElse(null);
            if (listener == null) {
                LOG.log(Level.ERROR, letter.toString(), failure);
            } else {
                listener.onDeadLetter(letter);
            }
        } catch (Throwable e) { // also of a failure that cannot be shown
            LOG.log(Level.ERROR, "a dead letter could not be handed over: " + Text.of(name, key), e);
        }
    }

    // Flushing

    /** Done when all is written that has entered before. */
    CompletableFuture<Void> flush() {
        CompletableFuture<Void> done;
        synchronized (lock) {
            if (running == Thread.currentThread()) {
                throw new IllegalStateException(
                        "the writer must not flush, cache " + Text.quote(name) + ": it would wait for itself");
            }
            if (closed) {
                throw new IllegalStateException("cache " + Text.quote(name) + " is closed");
            }
            if (backlog.pending() == 0 && running == null) {
                return CompletableFuture.completedFuture(null);
            }
            backlog.due();
            done = new CompletableFuture<>();
            flushes.add(new Flush(backlog.last(), done));
        }
        kick();
        return done;
    }

    /** On another thread: what depends on it may call this cache, and wait for it. */
    private void tellFlushed() {
        var over = new ArrayList<Flush>();
        synchronized (lock) {
            long oldest = backlog.oldest();
            flushes.removeIf(flush -> flush.upTo < oldest && over.add(flush));
        }
        if (over.isEmpty()) {
            return;
        }
        Runnable end = () -> over.forEach(flush -> flush.done.complete(null));
        try {
            LoadThreads.sharedPlatform().execute(end);
        } catch (Throwable e) { // no thread to be had
            end.run();
        }
    }

    // Closing

    /** Has all written, for so long, then interrupts the writer, and tells what is left. Nothing enters any more. */
    void close(long patience) {
        long now = time();
        synchronized (lock) {
            backlog.due(now); // what has failed is tried at once, and then after the usual pauses
        }
        kick();
        boolean interrupted = awaitEnd(now + patience);
        interrupted |= stop();
        end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Not ended by an interrupt: that would lose writes. Returns whether there was one. */
    private boolean awaitEnd(long deadline) {
        boolean interrupted = false;
        for (long left = deadline - time(); left > 0; left = deadline - time()) {
            kick(); // the timer may be lost
            synchronized (lock) {
                if ((backlog.pending() == 0 && running == null) || running == Thread.currentThread()) {
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, glance(Math.min(left, LOST)));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        return interrupted;
    }

    /** Interrupts the writer if it is at work, and gives it a moment to end: what it has written by then counts. */
    private boolean stop() {
        boolean interrupted = false;
        long left = MOMENT;
        synchronized (lock) {
            stopping = true;
            if (running != null && running != Thread.currentThread() && work != null) {
                work.interrupt();
            }
            while (running != null && running != Thread.currentThread() && left > 0) {
                try {
                    long before = System.nanoTime();
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                    left -= System.nanoTime() - before;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        return interrupted;
    }

    private void end() {
        List<Flush> over;
        Map<K, List<Write<V>>> left;
        synchronized (lock) {
            closed = true;
            over = List.copyOf(flushes);
            flushes.clear();
            left = backlog.all();
            backlog.clear();
        }
        var why = new IllegalStateException("cache " + Text.quote(name) + " was closed before it was written");
        over.forEach(flush -> flush.done.completeExceptionally(why));
        if (journal != null) {
            journal.close(left.isEmpty());
        }
        tellLeft(left, why);
    }

    private void tellLeft(Map<K, List<Write<V>>> left, IllegalStateException why) {
        if (left.isEmpty()) {
            return;
        }
        boolean isKept = journal != null && journal.failure() == null;
        LOG.log(
                Level.WARNING,
                "closed cache " + Text.quote(name) + " with " + left.size() + " keys not written, "
                        + (isKept ? "which stay in its journal" : "which are dead letters now"));
        if (isKept) {
            return;
        }
        synchronized (lock) {
            deadLettered += left.values().stream().mapToInt(List::size).sum();
        }
        left.forEach((key, writes) -> writes.forEach(write -> toDeadLetters(key, write, why)));
    }

    /** Whether it is the writer that asks. */
    boolean isRunningHere() {
        synchronized (lock) {
            return running == Thread.currentThread();
        }
    }

    // Counts, under the lock

    long flushed() {
        return flushed;
    }

    long retried() {
        return retried;
    }

    long deadLettered() {
        return deadLettered;
    }
}
