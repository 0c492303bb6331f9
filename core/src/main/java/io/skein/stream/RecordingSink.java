package io.skein.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;

/** What a loader emits to. */
final class RecordingSink<T> implements ItemSink<T> {
    private final Items<T> items;

    RecordingSink(Items<T> items) {
        this.items = items;
    }

    @Override
    public void emit(T item) {
        requireNonNull(item, "item");
        try {
            items.append(item, true);
        } catch (IOException e) {
            var ended = items.recording().ending();
            boolean isOwn = ended == null || ended.failure() == e;
            throw isOwn ? new UncheckedIOException(e) : cancelled(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(e);
        }
    }

    private static CancellationException cancelled(Exception cause) {
        var cancelled = new CancellationException(cause.getMessage());
        cancelled.initCause(cause);
        return cancelled;
    }

    @Override
    public boolean isCancelled() {
        return !items.recording().isGrowing();
    }
}
