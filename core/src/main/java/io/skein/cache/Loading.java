package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.LoadRejectedException;
import io.skein.cache.Question.Purpose;
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
    private final Purpose purpose;
    private final boolean isRefresh;
    private final AtomicBoolean hasPermit = new AtomicBoolean();

    /** @param purpose of the caller that leads */
    Loading(Works<K, V> works, K key, Purpose purpose) {
        this.works = works;
        this.key = key;
        this.purpose = purpose;
        this.isRefresh = purpose.isRefresh();
    }

    /** What becomes of what the source has answered. */
    @FunctionalInterface
    interface End<K, V, T> {
        T end(Load<K, V> load, @Nullable Loaded<V> loaded);
    }

    /** Waits for the second tier if there is one, and for the source if need be. */
    StoredEntry<V> now(Source.Blocking<K, V> source, Flight<?, ?> flight) throws Exception {
        var pending = pending(flight);
        if (pending != null) {
            return pending;
        }
        var sharing = works.sharing();
        return sharing == null
                ? askNow(source, flight, Load::land)
                : shared(sharing, flight).now(source);
    }

    private SharedLoading<K, V> shared(Sharing<K, V> sharing, Flight<?, ?> flight) {
        return new SharedLoading<>(works, new Share<>(works, sharing, key, flight, purpose), flight, this);
    }

    /** Waits for the source. */
    <T> T askNow(Source.Blocking<K, V> source, Flight<?, ?> flight, End<K, V, T> end) throws Exception {
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
            return end.end(load, loaded);
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
        var sharing = works.sharing();
        return sharing == null
                ? askLater(source, flight, Load::land)
                : shared(sharing, flight).later(source);
    }

    /** Asks the source, and returns at once; if what is returned is cancelled, so is what the source answered with. */
    <T> CompletableFuture<T> askLater(Source.Async<K, V> source, Flight<?, ?> flight, End<K, V, T> end)
            throws Exception {
        acquire();
        var landed = new CompletableFuture<T>();
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
                end(own, source, value, failure, landed, end);
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

    private <T> void end(
            Load<K, V> load,
            Source.Async<K, V> source,
            @Nullable Object answer,
            @Nullable Throwable failure,
            CompletableFuture<T> landed,
            End<K, V, T> end) {
        try {
            if (failure != null) {
                var cause = Failures.ofStage(failure);
                load.failed(cause);
                landed.completeExceptionally(cause);
            } else {
                landed.complete(end.end(load, source.loaded(answer)));
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
