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

    private @Nullable Thread attendant; // guarded by that lock

    /** To be called under the lock. */
    void attendedBy(Thread thread) {
        if (flight != null) {
            attendant = thread;
            flight.attendedBy(thread);
        }
    }

    /** To be called under the lock. The flight may have another load by now, with another thread. */
    void unattended() {
        if (flight != null && attendant != null) {
            flight.unattendedBy(attendant);
            attendant = null;
        }
    }

    /** Dependents are ordinary futures. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
