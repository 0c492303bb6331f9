package io.skein.load;

import io.skein.Flight;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Somebody's wish for the value of one key, and nobody else's. */
final class Ask<V> extends CompletableFuture<@Nullable V> {
    final @Nullable Flight<?, ?> flight;

    /** Another one for the same key, in the same call. Guarded by the lock of the {@link Batching}. */
    @Nullable
    Ask<V> next;

    Ask(@Nullable Flight<?, ?> flight) {
        this.flight = flight;
    }

    /** Under the lock, and for one who has given up only null: his flight may have another load by now. */
    void attendedBy(@Nullable Thread thread) {
        if (flight != null) {
            flight.attendedBy(thread);
        }
    }

    /** Dependents are ordinary futures. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
