package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.LoadRejectedException;
import io.skein.internal.Failures;
import io.skein.internal.Stages;
import io.skein.internal.Text;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Has the source asked for one key, for the flight that its caller leads: from the permit to the landing. */
final class Loading<K, V> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());

    private final Works<K, V> works;
    private final K key;
    private final boolean isRefresh;
    private final AtomicBoolean hasPermit = new AtomicBoolean();

    /** @param isRefresh whether it is to replace an entry, for nobody or for a caller of {@code refresh} */
    Loading(Works<K, V> works, K key, boolean isRefresh) {
        this.works = works;
        this.key = key;
        this.isRefresh = isRefresh;
    }

    /** Waits for the source. */
    StoredEntry<V> now(Source.Blocking<K, V> source, Flight<?, ?> flight) throws Exception {
        var pending = pending(flight);
        if (pending != null) {
            return pending;
        }
        acquire();
        try {
            var load = takeOff(flight);
            Loaded<V> loaded;
            try {
                loaded = source.ask(key, load);
            } catch (Throwable e) {
                load.failed(e);
                throw e;
            }
            return load.land(loaded);
        } finally {
            release();
        }
    }

    /** Returns at once; if what is returned is cancelled, so is what the source answered with. */
    CompletionStage<StoredEntry<V>> later(Source.Async<K, V> source, Flight<?, ?> flight) throws Exception {
        var pending = pending(flight);
        if (pending != null) {
            return CompletableFuture.completedFuture(pending);
        }
        acquire();
        var landed = new CompletableFuture<StoredEntry<V>>();
        Load<K, V> load = null;
        try {
            var own = takeOff(flight);
            load = own;
            var stage = requireNonNull(
                    source.ask(key, own),
                    () -> "the asynchronous loader returned null for "
                            + Text.of(works.settings().name(), key));
            CompletionStage<?> unused = stage.whenComplete((value, failure) -> {
                release();
                end(own, source, value, failure, landed);
            });
            unused = landed.whenComplete((entry, failure) -> {
                if (landed.isCancelled()) {
                    Stages.cancel(stage, LOG);
                }
            });
            return landed;
        } catch (Throwable e) {
            release();
            if (load != null) {
                load.failed(e);
            }
            throw e;
        }
    }

    private void end(
            Load<K, V> load,
            Source.Async<K, V> source,
            @Nullable Object answer,
            @Nullable Throwable failure,
            CompletableFuture<StoredEntry<V>> landed) {
        try {
            if (failure != null) {
                var cause = Failures.ofStage(failure);
                load.failed(cause);
                landed.completeExceptionally(cause);
            } else {
                landed.complete(load.land(source.loaded(answer)));
            }
        } catch (Throwable e) {
            landed.completeExceptionally(e);
        }
    }

    /**
     * What is to be written behind, in the place of what the source has. Once the key is found not to be pending, the source is
     * up to date, or has been changed by a write after which this flight is forgotten.
     */
    @Nullable
    StoredEntry<V> pending(Flight<?, ?> flight) {
        var buffer = works.buffer();
        if (buffer == null || buffer.look(key) == null) {
            return null;
        }
        var load = Load.takeOff(works, key, flight, true, isRefresh); // not counted: the source is not asked
        try {
            var pending = works.pending(key);
            return pending == null ? null : load.land(pending);
        } catch (RuntimeException | Error e) { // of the merge function
            load.failed(e);
            throw e;
        }
    }

    private Load<K, V> takeOff(Flight<?, ?> flight) {
        return Load.takeOff(works, key, flight, false, isRefresh);
    }

    private void acquire() {
        try {
            works.acquire(Set.of(key));
        } catch (LoadRejectedException e) {
            if (isRefresh) {
                works.refreshed(key, e);
            }
            throw e;
        }
        hasPermit.set(true);
    }

    /** Gives the permit back once, whatever a stage does. */
    private void release() {
        if (hasPermit.getAndSet(false)) {
            works.release();
        }
    }
}
