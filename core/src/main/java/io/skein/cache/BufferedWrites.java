package io.skein.cache;

import io.skein.CallerInterruptedException;
import io.skein.WriteRejectedException;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import io.skein.write.WriteBehindStats;
import io.skein.write.behind.Buffer;
import io.skein.write.behind.Buffer.Entered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the buffer, and has it write to the source later: write-behind.
 *
 * <p><b>Entering the buffer and storing are one step</b>, in which the load in flight is forgotten. So a load that takes off
 * after it finds the key pending, and is answered by the buffer; one that took off before is not stored. When the writer has
 * the key, first the fence of what has no flight is moved, and then the key is not pending any more: a lease that was taken
 * meanwhile is refused by the one or by the other.
 */
final class BufferedWrites<K, V> implements Writes<K, V>, Buffer.Cache<K> {
    private final Works<K, V> works;
    private final Buffer<K, V> buffer;
    private final long maxWait;

    /** @param maxWait nanoseconds to wait for room */
    BufferedWrites(Works<K, V> works, Buffer<K, V> buffer, long maxWait) {
        this.works = works;
        this.buffer = buffer;
        this.maxWait = maxWait;
    }

    /** From now on, the source is written to. */
    void start() {
        buffer.start(this);
    }

    @Override
    public void write(K key, V value) {
        run(key, Loaded.of(value));
    }

    @Override
    public CompletableFuture<Void> writeAsync(K key, V value) {
        return post(key, Loaded.of(value));
    }

    @Override
    public void delete(K key) {
        run(key, Loaded.absent());
    }

    @Override
    public CompletableFuture<Void> deleteAsync(K key) {
        return post(key, Loaded.absent());
    }

    @Override
    public CompletableFuture<Void> flush() {
        return buffer.flush();
    }

    @Override
    public Optional<WriteBehindStats> stats() {
        return Optional.of(buffer.stats());
    }

    @Override
    public void close() {
        buffer.close();
    }

    // What the buffer asks for

    @Override
    public void changed(K key) {
        works.store().noteChange(key);
    }

    @Override
    public void written(K key) {
        works.change(key, () -> works.store().remove(key)); // and is answered by the buffer, if more is pending
    }

    /** What somebody has read from the source, and put, while it had not deleted the key. */
    @Override
    public void deleted(K key) {
        var stored = works.store().look(key);
        if (stored != null && stored.hasValue()) {
            works.change(key, () -> {
                if (buffer.look(key) == null) {
                    works.store().remove(key);
                }
            });
        }
    }

    @Override
    public void givenUp(K key) {
        var removed = new boolean[1];
        works.change(key, () -> {
            if (buffer.look(key) == null) {
                removed[0] = works.store().take(key) != null;
            }
        });
        if (removed[0] && works.settings().listener() != null) {
            works.settings().listener().invalidated(key);
        }
    }

    // Entering

    private void run(K key, Loaded<V> written) {
        var draft = works.draft(key, written);
        long deadline = buffer.now() + maxWait;
        while (!enter(key, draft)) {
            awaitRoom(key, deadline);
        }
        buffer.kick();
        var safe = buffer.acknowledgement();
        if (safe.isDone() && !safe.isCompletedExceptionally()) {
            return;
        }
        try {
            safe.get();
        } catch (InterruptedException e) {
            throw interrupted("interrupted while " + text(key) + " was written to the journal; it will be written", e);
        } catch (ExecutionException e) {
            throw notInJournal(key, e.getCause());
        }
    }

    private CompletableFuture<Void> post(K key, Loaded<V> written) {
        var draft = works.draft(key, written);
        try {
            if (!enter(key, draft)) {
                throw full(key);
            }
        } catch (WriteRejectedException e) {
            return CompletableFuture.failedFuture(e);
        }
        buffer.kick();
        var own = new CompletableFuture<Void>();
        var safe = buffer.acknowledgement();
        if (safe.isDone() && !safe.isCompletedExceptionally()) {
            own.complete(null);
            return own;
        }
        var unused = safe.whenComplete((nothing, failure) -> elsewhere(() -> {
            if (failure == null) {
                own.complete(null);
            } else {
                own.completeExceptionally(notInJournal(key, failure));
            }
        }));
        return own;
    }

    /** Not on the thread that writes to the journal: what depends on it may be anything. */
    private static void elsewhere(Runnable end) {
        try {
            LoadThreads.sharedPlatform().execute(end);
        } catch (Throwable e) { // no thread to be had
            end.run();
        }
    }

    /** Returns whether there was room. */
    private boolean enter(K key, StoredEntry<V> plain) {
        var value = works.settings().copy(plain.valueOrNull()); // the writer's own
        while (true) {
            var broken = buffer.failure();
            if (broken != null) {
                throw new WriteRejectedException("not written, the journal has failed: " + text(key), broken);
            }
            var seen = buffer.look(key);
            if (buffer.isFullFor(seen)) {
                return false;
            }
            var draft = buffer.draft(key, seen, value);
            var pending = draft.pending();
            var entry = pending == value ? plain : works.draft(key, Loaded.of(pending));
            long now = works.now();
            long since = buffer.now();
            var entered = new Entered[1];
            works.change(key, () -> {
                entered[0] = buffer.enter(key, seen, draft, since);
                if (entered[0] == Entered.YES) {
                    works.store().settle(key, entry.written(works.store().nextNumber(), now));
                }
            });
            if (entered[0] == Entered.CLOSED) {
                throw new IllegalStateException("not written, cache " + works.quotedName() + " is closed");
            }
            if (entered[0] != Entered.CHANGED) { // else once more
                return entered[0] == Entered.YES;
            }
        }
    }

    private void awaitRoom(K key, long deadline) {
        try {
            if (!buffer.awaitRoom(deadline)) {
                throw full(key);
            }
        } catch (InterruptedException e) {
            throw interrupted("interrupted while waiting for room to write " + text(key) + ", not written", e);
        }
    }

    private WriteRejectedException full(K key) {
        buffer.rejected();
        return new WriteRejectedException(
                "not written, as many writes are pending as maxBuffered allows, also after maxWait "
                        + Duration.ofNanos(maxWait) + ": " + text(key),
                null);
    }

    private UncheckedIOException notInJournal(K key, @Nullable Throwable cause) {
        return new UncheckedIOException(new IOException(
                "the journal has failed: written, but lost if the JVM dies before the source has it: " + text(key),
                cause));
    }

    private static CallerInterruptedException interrupted(String message, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CallerInterruptedException(message, cause);
    }

    private String text(K key) {
        return Text.of(works.settings().name(), key);
    }
}
