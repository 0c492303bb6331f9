package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import io.skein.tier.TierException;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehindStats;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the source first, and changes what is stored when that is done: write-through keeps what was written,
 * write-around removes what is stored. After a failure nobody knows what the source holds, so what is stored is removed.
 *
 * <p>What a load has read before or during the write is fenced by that change, which comes after it (C2).
 */
final class DirectWrites<K, V> implements Writes<K, V> {
    private final Works<K, V> works;
    private final CacheWriter<? super K, ? super V> writer;
    private final boolean keeps;
    private final Turns<K> turns;

    /** @param keeps whether what was written is stored */
    DirectWrites(Works<K, V> works, CacheWriter<? super K, ? super V> writer, boolean keeps) {
        this.works = works;
        this.writer = writer;
        this.keeps = keeps;
        this.turns = new Turns<>(works.settings().ticker());
    }

    @Override
    public void write(K key, V value) {
        run(key, writing(key, value));
    }

    @Override
    public CompletableFuture<Void> writeAsync(K key, V value) {
        return turns.post(key, works.group().executor(), writing(key, value));
    }

    @Override
    public void delete(K key) {
        run(key, deleting(key));
    }

    @Override
    public CompletableFuture<Void> deleteAsync(K key) {
        return turns.post(key, works.group().executor(), deleting(key));
    }

    /** Nothing waits here but calls, which know when they have ended. */
    @Override
    public CompletableFuture<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<WriteBehindStats> stats() {
        return Optional.empty();
    }

    /** What the writer has not been given yet fails; what it has goes on. */
    @Override
    public void close() {
        turns.close(closed());
    }

    /**
     * Refuses what could not be stored before the source sees it. With a copier the writer gets a copy, made now and not when its
     * turn has come; what the writer does to it, as to set an id, is stored.
     */
    private Turns.Action writing(K key, V value) {
        var draft = works.draft(key, Loaded.of(value));
        var own = requireNonNull(draft.value());
        return () -> change(key, () -> writer.write(key, own), draft);
    }

    private Turns.Action deleting(K key) {
        var nothing = works.draft(key, Loaded.<V>absent());
        return () -> change(key, () -> writer.delete(key), nothing);
    }

    private void change(K key, Turns.Action ofSource, StoredEntry<V> draft) throws Exception {
        if (works.store().isClosed()) {
            throw closed();
        }
        try {
            ofSource.run();
        } catch (Throwable e) {
            throw invalidated(key, e);
        }
        try {
            if (keeps) {
                works.put(key, draft.written(0, works.now()));
            } else {
                works.invalidate(key);
            }
        } catch (TierException e) { // the source has it; here, what was stored is gone
            throw e;
        } catch (Throwable e) {
            throw invalidated(key, e);
        }
    }

    private RuntimeException invalidated(K key, Throwable failure) {
        try {
            works.invalidate(key);
        } catch (Throwable another) {
            failure.addSuppressed(another);
        }
        return Sneaky.rethrow(failure);
    }

    private IllegalStateException closed() {
        return new IllegalStateException("not written, cache " + works.quotedName() + " is closed");
    }

    private void run(K key, Turns.Action action) {
        try {
            turns.run(key, works.settings().callerTimeout(), action);
        } catch (Turns.NotRun e) {
            throw notWritten(key, e.getCause());
        } catch (InterruptedException e) { // thrown by the writer
            Thread.currentThread().interrupt();
            throw new CallerInterruptedException("interrupted while writing " + text(key), e);
        } catch (Exception e) {
            throw Sneaky.rethrow(e);
        }
    }

    private RuntimeException notWritten(K key, @Nullable Throwable cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new CallerInterruptedException(
                    "interrupted while waiting for other writes of " + text(key) + ", not written", cause);
        }
        if (cause instanceof TimeoutException) {
            return new CallerTimeoutException(
                    "callerTimeout " + Duration.ofNanos(works.settings().callerTimeout())
                            + " is over, waiting for other writes of " + text(key) + ", not written",
                    null);
        }
        if (cause != null) { // closed
            return Sneaky.rethrow(cause);
        }
        return new IllegalStateException(
                "not written, a writer must not write through its cache, where it would wait for"
                        + " itself sooner or later: " + text(key));
    }

    private String text(K key) {
        return Text.of(works.settings().name(), key);
    }
}
