package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Flight;
import io.skein.FlightLoader;
import io.skein.LoadCycleException;
import io.skein.event.StaleReason;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One caller that has to wait for a load: it joins the flight of its key or takes off, and judges what it gets.
 *
 * <p><b>What a flight brings may be too old</b> for one of its callers, though not for others. A tag may have been
 * invalidated after the flight took off and before this caller came; a caller of {@code getFresh} may have joined a
 * flight that found an entry in the store. It then asks again. The next flight has taken off after the call began, so
 * nobody asks more than a few times, however often tags are invalidated.
 */
final class Question<K, V> {
    /** So long waits what keeps a load going for others. */
    static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

    enum Purpose {
        /** A value, from the store or a load. */
        GET,
        /** A value from a load that takes off after the call began. */
        FRESH,
        /** A newer entry than the one that was seen, for a caller of {@code refresh}. */
        REFRESH,
        /** The same for nobody: in the background. */
        UPKEEP
    }

    /** The load of this key was ended by the interrupt of somebody else, and has to be asked for again (G7). */
    static final class HandedOver extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HandedOver() {
            super("the thread that loaded was interrupted", null, false, false);
        }
    }

    private final Works<K, V> works;
    private final K key;
    private final Source<K, V> source;
    private final Purpose purpose;
    private final long seen;
    private final long began;
    private @Nullable Duration timeout;
    private volatile boolean led;

    /** @param seen the entry this caller found, if any */
    Question(Works<K, V> works, K key, Source<K, V> source, Purpose purpose, @Nullable StoredEntry<V> seen) {
        this.works = works;
        this.key = key;
        this.source = source;
        this.purpose = purpose;
        this.seen = seen == null ? 0 : seen.number;
        this.began = works.store().lastNumber();
    }

    /** Makes this caller wait no longer than this, rather than as long as the cache says. */
    Question<K, V> within(Duration newTimeout) {
        timeout = newTimeout;
        return this;
    }

    K key() {
        return key;
    }

    // Asking

    /** Waits for an answer. */
    StoredEntry<V> ask() {
        while (true) {
            StoredEntry<V> outcome;
            try {
                outcome = fly();
            } catch (Throwable e) {
                var standIn = despite(e);
                if (standIn == null) {
                    continue;
                }
                return standIn;
            }
            if (accepts(outcome)) {
                return counted(outcome);
            }
        }
    }

    private StoredEntry<V> fly() {
        if (source instanceof Source.Async<K, V>) {
            return await(flyAsync());
        }
        FlightLoader<K, StoredEntry<V>> loader = (k, flight) -> load(flight);
        if (purpose == Purpose.FRESH) {
            return works.group().loadFresh(key, loader);
        }
        return timeout == null ? works.group().load(key, loader) : works.group().load(key, loader, timeout);
    }

    /** A future of this caller's own, with what {@link #accepts} and {@link #despite} are to be asked about. */
    CompletableFuture<StoredEntry<V>> flyAsync() {
        var group = works.group();
        if (source instanceof Source.Async<K, V> async) {
            var loader = loader(flight -> loadAsync(async, flight));
            if (purpose == Purpose.FRESH) {
                return group.loadFreshAsync(key, loader);
            }
            return timeout == null ? group.loadAsync(key, loader) : group.loadAsync(key, loader, timeout);
        }
        FlightLoader<K, StoredEntry<V>> loader = (k, flight) -> load(flight);
        if (purpose == Purpose.FRESH) {
            return group.supplyFreshAsync(key, loader);
        }
        return timeout == null ? group.supplyAsync(key, loader) : group.supplyAsync(key, loader, timeout);
    }

    /** The same, with a way of loading that is not this caller's. */
    CompletableFuture<StoredEntry<V>> flyAsync(OfFlight<StoredEntry<V>> other) {
        return timeout == null
                ? works.group().loadAsync(key, loader(other))
                : works.group().loadAsync(key, loader(other), timeout);
    }

    @FunctionalInterface
    interface OfFlight<T> {
        CompletionStage<T> load(Flight<?, ?> flight) throws Exception;
    }

    private static <K, T> AsyncLoader<K, T> loader(OfFlight<T> load) {
        return new AsyncLoader<>() {
            @Override
            public CompletionStage<T> load(K k, Flight<?, ?> flight) throws Exception {
                return load.load(flight);
            }

            @Override
            public CompletionStage<T> load(K k) {
                throw new UnsupportedOperationException("this loader needs a flight");
            }
        };
    }

    /** Waits for a future of this caller's own; an interrupt gives it up. */
    StoredEntry<V> await(CompletableFuture<StoredEntry<V>> own) {
        try {
            return own.get();
        } catch (InterruptedException e) {
            own.cancel(true);
            Thread.currentThread().interrupt();
            throw new CallerInterruptedException(
                    "interrupted while waiting for " + Text.of(works.settings().name(), key), e);
        } catch (ExecutionException e) {
            throw Sneaky.rethrow(requireNonNull(e.getCause()));
        }
    }

    // Loading, if this caller comes to lead

    private StoredEntry<V> load(Flight<?, ?> flight) throws Exception {
        var found = lookAgain();
        if (found != null) {
            return found;
        }
        led = true;
        var load = takeOff(flight);
        try {
            Loaded<V> loaded;
            try {
                loaded = ((Source.Blocking<K, V>) source).ask(key, load);
            } catch (Throwable e) {
                load.failed(e);
                throw e;
            }
            return load.land(loaded);
        } finally {
            Load.release(works);
        }
    }

    private CompletionStage<StoredEntry<V>> loadAsync(Source.Async<K, V> async, Flight<?, ?> flight) throws Exception {
        var found = lookAgain();
        if (found != null) {
            return CompletableFuture.completedFuture(found);
        }
        led = true;
        var load = takeOff(flight);
        var landed = new CompletableFuture<StoredEntry<V>>();
        try {
            var stage = requireNonNull(
                    async.loader().load(key, flight),
                    () -> "the asynchronous loader returned null for "
                            + Text.of(works.settings().name(), key));
            var unused = stage.whenComplete((value, failure) -> {
                Load.release(works);
                land(load, value, failure, landed);
            });
            landed.whenComplete((entry, failure) -> {
                if (landed.isCancelled()) {
                    stage.toCompletableFuture().cancel(true);
                }
            });
            return landed;
        } catch (Throwable e) {
            Load.release(works);
            load.failed(e);
            throw e;
        }
    }

    private static <K, V> void land(
            Load<K, V> load, @Nullable V value, @Nullable Throwable failure, CompletableFuture<StoredEntry<V>> landed) {
        try {
            if (failure != null) {
                var cause = unwrapped(failure);
                load.failed(cause);
                landed.completeExceptionally(cause);
            } else {
                landed.complete(load.land(Loaded.of(value)));
            }
        } catch (Throwable e) {
            landed.completeExceptionally(e);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        var cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? unwrapped(cause) : failure;
    }

    private Load<K, V> takeOff(Flight<?, ?> flight) {
        try {
            Load.acquire(works, key);
        } catch (RuntimeException e) {
            var entry = works.store().look(key);
            if (entry != null) {
                entry.setBack(e, works.now(), works.settings().retryAfterError());
            }
            throw e;
        }
        return Load.takeOff(works, key, flight, false);
    }

    /** What may have been stored, or tried, between this caller's look into the store and its take-off (C1). */
    @Nullable
    StoredEntry<V> lookAgain() {
        var entry = purpose == Purpose.FRESH ? null : works.store().look(key);
        if (entry == null) {
            return null;
        }
        long now = works.now();
        if (purpose != Purpose.GET) {
            return entry.isFresh(now) && entry.number > seen ? entry : null;
        }
        return entry.isFresh(now) || isSetBack(entry, now) ? entry : null;
    }

    private boolean isSetBack(StoredEntry<V> entry, long now) {
        var settings = works.settings();
        return entry.isSetBack(now, settings.retryAfterError())
                && (settings.mayStandIn(entry, now) || settings.mayRevalidate(entry, now));
    }

    /** This caller's load is asked for. */
    void leads() {
        led = true;
    }

    // Judging

    /** Whether what a flight brought is new enough for this caller. If not, it has to ask again. */
    boolean accepts(StoredEntry<V> outcome) {
        boolean alive = outcome.number > began || !works.store().isDead(outcome);
        return switch (purpose) {
            case GET -> alive;
            case FRESH -> outcome.number > began;
            case REFRESH -> alive && outcome.number > seen;
            case UPKEEP -> true;
        };
    }

    /**
     * What this caller gets although its flight brought a failure.
     *
     * @return null if it has to ask again; the failure is thrown if there is nothing that may stand in for it
     */
    @Nullable
    StoredEntry<V> despite(Throwable failure) {
        if (failure instanceof HandedOver) {
            return null;
        }
        if (purpose == Purpose.GET) {
            var entry = standIn(failure);
            if (entry != null) {
                return entry;
            }
            if (failure instanceof CallerTimeoutException && timeout != null) {
                timeout = null; // the value this caller was not to wait for has gone: a cold key
                return null;
            }
        }
        countMiss();
        throw Sneaky.rethrow(failure);
    }

    private @Nullable StoredEntry<V> standIn(Throwable failure) {
        if (failure instanceof CallerInterruptedException || failure instanceof LoadCycleException) {
            return null;
        }
        var entry = works.store().look(key);
        if (entry == null || !entry.hasValue()) {
            return null;
        }
        long now = works.now();
        if (entry.isFresh(now)) {
            countMiss();
            return entry;
        }
        if (!works.settings().mayStandIn(entry, now) && !works.settings().mayRevalidate(entry, now)) {
            return null;
        }
        if (failure instanceof CallerTimeoutException) {
            works.servedStale(key, StaleReason.SOFT_TIMEOUT);
        } else {
            entry.setBack(failure, now, works.settings().retryAfterError());
            works.servedStale(key, StaleReason.LOAD_FAILED);
        }
        return entry;
    }

    /** Counts this caller as answered. */
    StoredEntry<V> counted(StoredEntry<V> outcome) {
        boolean isStale = outcome.number <= began
                && outcome.ttl != StoredEntry.NOT_KEPT
                && outcome.hasValue()
                && !outcome.isFresh(works.now());
        if (isStale && purpose == Purpose.GET) {
            works.servedStale(key, StaleReason.SET_BACK);
        } else {
            countMiss();
        }
        return outcome;
    }

    private void countMiss() {
        if (purpose == Purpose.GET || purpose == Purpose.FRESH) {
            works.tallies().misses.increment();
            if (!led) {
                works.tallies().joins.increment();
            }
        }
    }
}
