package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.CallerInterruptedException;
import io.skein.CallerTimeoutException;
import io.skein.Flight;
import io.skein.FlightLoader;
import io.skein.LoadCycleException;
import io.skein.event.StaleReason;
import io.skein.internal.HandedOver;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
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
        UPKEEP;

        /** Whether a load is to replace an entry. */
        boolean isRefresh() {
            return this == REFRESH || this == UPKEEP;
        }
    }

    private final Works<K, V> works;
    private final K key;
    private final Source<K, V> source;
    private final Purpose purpose;
    private final long seen;
    private final @Nullable String seenVersion;
    private final long began;

    /** When this caller gives up, by the ticker; meaningful only if a callerTimeout is set. */
    private final long deadline;

    private volatile @Nullable Duration timeout;
    private volatile boolean late;
    private volatile boolean led;

    /** @param seen the entry this caller found, if any */
    Question(Works<K, V> works, K key, Source<K, V> source, Purpose purpose, @Nullable StoredEntry<V> seen) {
        this.works = works;
        this.key = key;
        this.source = source;
        this.purpose = purpose;
        this.seen = seen == null ? 0 : seen.number;
        this.seenVersion = seen instanceof StoredEntry.Near<V> near ? near.version : null;
        this.began = works.store().lastNumber();
        long callerTimeout = works.settings().callerTimeout();
        this.deadline = callerTimeout == 0 ? 0 : works.settings().ticker().read() + callerTimeout;
    }

    /** Makes this caller wait no longer than this, rather than as long as the cache says. */
    Question<K, V> within(Duration newTimeout) {
        timeout = newTimeout;
        return this;
    }

    /** From now on, counts this caller's time from its arrival and not from when a flight is joined. */
    Question<K, V> late() {
        late = true;
        return this;
    }

    /** How long this caller waits for a flight it joins now; null if as long as the group says. */
    private @Nullable Duration patience() {
        var own = timeout;
        long callerTimeout = works.settings().callerTimeout();
        if (own != null || callerTimeout == 0 || !late) {
            return own;
        }
        long left = deadline - works.settings().ticker().read();
        if (left <= 0) {
            throw new CallerTimeoutException(
                    "callerTimeout " + Duration.ofNanos(callerTimeout) + " is over, waiting for "
                            + Text.of(works.settings().name(), key),
                    null);
        }
        return Duration.ofNanos(left);
    }

    K key() {
        return key;
    }

    boolean hasLed() {
        return led;
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
                if (standIn != null) {
                    return standIn;
                }
                late();
                continue;
            }
            if (accepts(outcome)) {
                return counted(outcome);
            }
            late();
        }
    }

    private StoredEntry<V> fly() {
        if (!(source instanceof Source.Blocking<K, V> blocking)) {
            return await(flyAsync());
        }
        FlightLoader<K, StoredEntry<V>> loader = (k, flight) -> load(blocking, flight);
        var patience = patience();
        if (patience != null) {
            return works.group().load(key, loader, patience);
        }
        return purpose == Purpose.FRESH
                ? works.group().loadFresh(key, loader)
                : works.group().load(key, loader);
    }

    /** A future of this caller's own, with what {@link #accepts} and {@link #despite} are to be asked about. */
    CompletableFuture<StoredEntry<V>> flyAsync() {
        if (source instanceof Source.Async<K, V> async) {
            return flyAsync(flight -> load(async, flight));
        }
        var blocking = (Source.Blocking<K, V>) source;
        FlightLoader<K, StoredEntry<V>> loader = (k, flight) -> load(blocking, flight);
        var patience = patience();
        if (patience != null) {
            return works.group().supplyAsync(key, loader, patience);
        }
        return purpose == Purpose.FRESH
                ? works.group().supplyFreshAsync(key, loader)
                : works.group().supplyAsync(key, loader);
    }

    /** The same, with a way of loading that is not this caller's. */
    CompletableFuture<StoredEntry<V>> flyAsync(OfFlight<StoredEntry<V>> how) {
        var loader = loader(how);
        var patience = patience();
        if (patience != null) {
            return works.group().loadAsync(key, loader, patience);
        }
        return purpose == Purpose.FRESH
                ? works.group().loadFreshAsync(key, loader)
                : works.group().loadAsync(key, loader);
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
        } catch (RuntimeException | Error e) {
            if (!own.isDone()) {
                own.cancel(true); // it would wait for itself
            }
            throw e;
        }
    }

    // Loading, if this caller comes to lead

    private StoredEntry<V> load(Source.Blocking<K, V> blocking, Flight<?, ?> flight) throws Exception {
        var found = lookAgain();
        if (found != null) {
            return found;
        }
        led = true;
        return new Loading<>(works, key, purpose).now(blocking, flight);
    }

    private CompletionStage<StoredEntry<V>> load(Source.Async<K, V> async, Flight<?, ?> flight) throws Exception {
        var found = lookAgain();
        if (found != null) {
            return CompletableFuture.completedFuture(found);
        }
        led = true;
        return new Loading<>(works, key, purpose).later(async, flight);
    }

    Purpose purpose() {
        return purpose;
    }

    /** What may have been stored, or tried, between this caller's look into the store and its take-off (C1). */
    @Nullable
    StoredEntry<V> lookAgain() {
        var entry = purpose == Purpose.FRESH ? null : works.store().look(key);
        if (entry == null || isOvertaken(entry)) {
            return null;
        }
        long now = works.now();
        boolean isNew = entry.isFresh(now) && (purpose == Purpose.GET || entry.number > seen);
        return isNew || (purpose != Purpose.REFRESH && isSetBack(entry, now)) ? entry : null;
    }

    private boolean isSetBack(StoredEntry<V> entry, long now) {
        var settings = works.settings();
        return entry.isSetBack(now, settings.retryAfterError()) && settings.isOfUse(entry, now);
    }

    /** This caller's load is asked for. */
    void leads() {
        led = true;
    }

    // Judging

    /** Whether what a flight brought is new enough for this caller. If not, it has to ask again. */
    boolean accepts(StoredEntry<V> outcome) {
        if (isOvertaken(outcome)) {
            return purpose == Purpose.UPKEEP;
        }
        boolean alive = outcome.number > began || !works.store().isDead(outcome);
        return switch (purpose) {
            case GET -> alive;
            case FRESH -> outcome.number > began && !(outcome instanceof StoredEntry.Near<V>);
            case REFRESH -> alive && outcome.number > seen && (led || isAnother(outcome));
            case UPKEEP -> true;
        };
    }

    /** Whether the second tier may have told, before this call began, of a change since then. */
    private boolean isOvertaken(StoredEntry<V> entry) {
        return works.sharing() != null && works.store().isChangedBetween(key, entry.number, began);
    }

    /** What was read from the second tier has not been loaded anew if it was there before. */
    private boolean isAnother(StoredEntry<V> outcome) {
        return !(outcome instanceof StoredEntry.Near<V> near)
                || (seenVersion != null && !near.version.equals(seenVersion));
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
            boolean own = works.isOwnReason(failure);
            var entry = standIn(failure, own);
            if (entry != null) {
                return entry;
            }
            if (own && failure instanceof CallerTimeoutException && timeout != null) {
                timeout = null; // the value this caller was not to wait for has gone: a cold key
                return null;
            }
        }
        countMiss();
        throw Sneaky.rethrow(failure);
    }

    /** @param own whether it is this caller's own reason to give up, and not the source's failure */
    private @Nullable StoredEntry<V> standIn(Throwable failure, boolean own) {
        if (failure instanceof LoadCycleException || (own && failure instanceof CallerInterruptedException)) {
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
        if (!works.settings().isOfUse(entry, now)) {
            return null;
        }
        if (own) {
            works.servedStale(key, StaleReason.SOFT_TIMEOUT);
        } else {
            entry.setBack(failure, now, works.settings().retryAfterError());
            works.servedStale(key, StaleReason.LOAD_FAILED);
        }
        return entry;
    }

    /** Counts this caller as answered. */
    StoredEntry<V> counted(StoredEntry<V> outcome) {
        long now = works.now();
        boolean isStale = outcome.hasValue() && !outcome.isFresh(now) && purpose == Purpose.GET;
        if (isStale && outcome.isSetBack(now, works.settings().retryAfterError())) {
            works.servedStale(key, StaleReason.SET_BACK);
        } else if (isStale && outcome instanceof StoredEntry.Near<V>) { // found in the second tier
            works.servedStale(key, StaleReason.REVALIDATING);
            new Refresher<>(works).keepUp(key, outcome, source, null);
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
