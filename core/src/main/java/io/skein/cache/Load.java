package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.LoadTimeoutException;
import io.skein.cache.StoredEntry.Details;
import io.skein.internal.Failures;
import io.skein.internal.Text;
import io.skein.tier.TierAnswer;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One load of one key, from its take-off to its landing. Whatever loads, for whatever reason and by whatever loader,
 * begins with {@link #takeOff} and ends with {@link #land} or {@link #failed}, which store, if nothing has overtaken the
 * load. It draws its number before the source is asked, so a value is never newer than its number says.
 */
final class Load<K, V> implements LoadContext<K, V> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());

    private final Works<K, V> works;
    private final K key;
    private final Flight<?, ?> flight;
    private final boolean isPart;
    private final boolean isRefresh;
    private final Tags.Era era;
    private final long number;
    private final long tookOff;
    private final @Nullable StoredEntry<V> previous;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Load(Works<K, V> works, K key, Flight<?, ?> flight, boolean isPart, boolean isRefresh) {
        this.works = works;
        this.key = key;
        this.flight = flight;
        this.isPart = isPart;
        this.isRefresh = isRefresh;
        this.era = works.store().tags().era(); // before the number
        this.number = works.store().nextNumber();
        this.tookOff = works.now();
        this.previous = works.store().look(key); // after the number: what has died since is not seen
    }

    /**
     * A load that takes off now. Whoever gets it asks the source, and then lands it or has it fail.
     *
     * @param isPart whether it is part of a bulk call, which is counted as one load
     * @param isRefresh whether it is to replace an entry, for nobody or for a caller of {@code refresh}
     */
    static <K, V> Load<K, V> takeOff(Works<K, V> works, K key, Flight<?, ?> flight, boolean isPart, boolean isRefresh) {
        var load = new Load<>(works, key, flight, isPart, isRefresh);
        if (works.settings().loadTimeout() != 0) {
            flight.onTimeout(load::onTimeout);
        }
        return load;
    }

    // What the loader may know

    @Override
    public K key() {
        return key;
    }

    @Override
    public Optional<V> previous() {
        return previous == null ? Optional.empty() : Optional.ofNullable(previous.valueOrNull());
    }

    @Override
    public Optional<String> etag() {
        return previous == null ? Optional.empty() : Optional.ofNullable(previous.etag());
    }

    @Override
    public Optional<Instant> deadline() {
        long timeout = works.settings().loadTimeout();
        return timeout == 0
                ? Optional.empty()
                : Optional.of(Instant.now()
                        .plusNanos(Math.max(0, timeout - flight.age().toNanos())));
    }

    @Override
    public boolean isCancelled() {
        return flight.isCancelled();
    }

    Flight<?, ?> flight() {
        return flight;
    }

    // The end

    /**
     * The source has answered.
     *
     * @return the entry for all callers of this load, stored if nothing has overtaken it
     */
    StoredEntry<V> land(@Nullable Loaded<V> loaded) {
        var entry = entry(loaded);
        landed(() -> works.store().settle(key, entry));
        return entry;
    }

    /** The entry for what the source has answered, to be stored somehow when this load has {@link #landed}. */
    StoredEntry<V> entry(@Nullable Loaded<V> loaded) {
        try {
            return entryOf(loaded == null ? Loaded.absent() : loaded);
        } catch (RuntimeException | Error e) { // of the user's weigher, or for an answer that is none
            failed(e);
            throw e;
        }
    }

    /** @param store what to do unless something has overtaken this load */
    void landed(Runnable store) {
        try {
            flight.ifCurrent(store);
        } catch (RuntimeException | Error e) { // of a key that fails
            failed(e);
            throw e;
        }
        if (count(false) && isRefresh) {
            works.refreshed(key, null);
        }
    }

    /** The entry for what the second tier has answered. */
    StoredEntry.Near<V> entry(TierAnswer.Found<V> found) {
        var shared = found.content().get();
        var names = shared.tags();
        var tags = names.isEmpty() ? Details.NO_TAGS : works.store().tags().of(names, era);
        return works.settings().near(key, found, shared, tags, number, works.now());
    }

    private StoredEntry<V> entryOf(Loaded<V> loaded) {
        var value = loaded.isNotModified() ? same() : loaded.value();
        Collection<String> tagNames = loaded.tags();
        var etag = loaded.etag().orElse(null);
        if (loaded.isNotModified()) {
            var old = requireNonNull(previous);
            tagNames = tagNames.isEmpty() ? Tag.names(old.tags()) : tagNames;
            etag = etag == null ? old.etag() : etag;
        }
        var tags = tagNames.isEmpty() ? Details.NO_TAGS : works.store().tags().of(tagNames, era);
        long now = works.now();
        return works.settings().entry(key, value, loaded, tags, etag, number, now, Math.max(0, now - tookOff));
    }

    private V same() {
        if (previous == null || previous.valueOrNull() == null) {
            throw new IllegalStateException("the loader says that nothing has changed, but it was given no previous"
                    + " value, for " + Text.of(works.settings().name(), key));
        }
        return requireNonNull(previous.valueOrNull());
    }

    /** The source has failed. */
    void failed(Throwable failure) {
        works.thrownByLoader(failure);
        if (!count(true)) {
            return;
        }
        if (!isInterruption(failure)) {
            flight.ifCurrent(onFailure(failure));
        }
        if (isRefresh) {
            works.refreshed(key, failure);
        }
    }

    /** Whether the load was ended because nobody wanted it any more, which says nothing of the source. */
    private boolean isInterruption(Throwable failure) {
        return flight.isCancelled() || Failures.isByInterrupt(failure);
    }

    private Runnable onTimeout(LoadTimeoutException failure) {
        var action = onFailure(failure);
        return () -> {
            if (count(true)) {
                action.run();
            }
        };
    }

    /** What to write down of a failure: when to try again, and the failure itself if it is to be remembered. */
    private Runnable onFailure(Throwable failure) {
        var settings = works.settings();
        long now = works.now();
        boolean remember = settings.errorTtl() != 0 && isToBeRemembered(failure);
        return () -> {
            if (previous != null) {
                previous.setBack(failure, now, settings.retryAfterError());
            }
            if (remember) {
                works.store()
                        .settle(key, new StoredEntry<>(new Failure(failure), number, now, settings.errorTtl(), null));
            }
        };
    }

    private boolean isToBeRemembered(Throwable failure) {
        try {
            return works.settings().errorsToRemember().test(failure);
        } catch (RuntimeException | Error e) { // the callers get what the load failed with
            LOG.log(Level.WARNING, "the predicate of errorTtl of cache " + works.quotedName() + " failed", e);
            return false;
        }
    }

    /** True once: a load that timed out ends a second time, by itself. */
    private boolean count(boolean failed) {
        if (ended.getAndSet(true)) {
            return false;
        }
        if (!isPart) {
            works.tallies().loaded(works.since(tookOff), failed);
        }
        if (works.settings().loadTimeout() != 0) {
            flight.onTimeout(null); // who keeps the flight does not keep the load
        }
        return true;
    }
}
