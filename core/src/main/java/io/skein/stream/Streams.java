package io.skein.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.FlightLoader;
import io.skein.FlightSnapshot;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.LoadRejectedException;
import io.skein.internal.Failures;
import io.skein.internal.LoadThreads;
import io.skein.internal.Sneaky;
import io.skein.internal.Text;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The recordings of one group: those that grow and can be joined, and those that are kept.
 *
 * <p>Each has a flight of its own, whose key it is: so the group of flights never joins two of them, and does all the rest, the
 * threads, the times, the steward, the news. A recording is
 *
 * <pre>
 *   in flight   from before its flight takes off until after it has landed, unless it is forgotten or abandoned before;
 *               then its readers are told the end, so that who comes back for more starts anew
 *   kept        from before its flight lands until its time is up, there is no room for it, or it is forgotten
 *   live        from its making until nobody holds it any more
 * </pre>
 *
 * <b>No second run in the gap.</b> It is kept first, and then lands, and then is out of flight; who puts a new one in flight looks once more, in the
 * same step, whether one is kept. <b>The fence.</b> A forgotten one is not kept: keeping and forgetting are {@link
 * Flight#ifCurrent} and {@link Group#forget(Object, Runnable)}, of which one waits for the other.
 */
final class Streams<K> {
    /** What brings a recording to flight. */
    interface TakeOff<R> {
        CompletableFuture<?> of(R recording);
    }

    /** What fills a recording. */
    interface Body {
        void run() throws Exception;
    }

    private final Settings settings;
    private final News news;
    private final Group<Recording<K>, @Nullable Void> flights;
    private final ConcurrentHashMap<Address<K>, Recording<K>> inFlight = new ConcurrentHashMap<>();
    private final Set<Recording<K>> live = ConcurrentHashMap.newKeySet();
    private final @Nullable Cache<Address<K>, Recording<K>> kept;
    private volatile boolean closed;

    Streams(Settings settings, GroupBuilder<Recording<K>, @Nullable Void> flights, Scheduler scheduler) {
        this.settings = settings;
        this.news = new News(settings.name(), settings.listeners(), this::land);
        this.flights = flights.listener(news).build();
        this.kept = settings.keepFor() == 0 ? null : shelf(settings, scheduler);
    }

    private static <K> Cache<Address<K>, Recording<K>> shelf(Settings settings, Scheduler scheduler) {
        return Caffeine.newBuilder()
                .expireAfterWrite(Duration.ofNanos(settings.keepFor()))
                .maximumWeight(1 + kilobytes(settings.keepSize()))
                .weigher((Address<K> address, Recording<K> recording) ->
                        (int) Math.min(Integer.MAX_VALUE, 1 + kilobytes(recording.weight())))
                .ticker(settings.ticker())
                .scheduler(scheduler)
                .executor(LoadThreads.sharedPlatform()) // files are deleted on it
                .removalListener(
                        (@Nullable Address<K> address, @Nullable Recording<K> recording, RemovalCause cause) -> {
                            if (recording != null) {
                                recording.release();
                            }
                        })
                .build();
    }

    private static long kilobytes(long bytes) {
        return bytes / 1024;
    }

    // Coming aboard

    /**
     * The recording of this address, with the caller as one of its readers.
     *
     * @param maker makes one, held by one reader
     * @throws LoadRejectedException if there are as many streams, or readers of this one, as are allowed
     * @throws IllegalStateException if the group is closed
     */
    <R extends Recording<K>> Recording<K> board(Address<K> address, Function<Address<K>, R> maker, TakeOff<R> takeOff) {
        while (true) {
            checkOpen(address);
            var found = find(address);
            if (found != null && found.failure() != null) {
                land(found); // help who is about to
                continue;
            }
            if (found == null) {
                var fresh = maker.apply(address);
                live.add(fresh);
                if (putInFlight(address, fresh)) {
                    return takeOff(fresh, takeOff);
                }
                live.remove(fresh);
                continue;
            }
            switch (found.board()) {
                case ABOARD -> {
                    if (found.isGrowing()) { // else it is kept, and has landed
                        news.joined(found);
                    }
                    return found;
                }
                case FULL -> {
                    news.rejected(found);
                    throw new LoadRejectedException(
                            "maxReaders " + settings.maxReaders() + " are aboard, for " + found.describe(), null);
                }
                case GONE -> land(found); // help who is about to
            }
        }
    }

    private void checkOpen(Address<K> address) {
        if (closed) {
            throw new IllegalStateException(
                    "group " + Text.quote(settings.name()) + " is closed, asked for key " + Text.quote(address.key()));
        }
    }

    private @Nullable Recording<K> find(Address<K> address) {
        var finished = kept == null ? null : kept.getIfPresent(address);
        return finished == null ? inFlight.get(address) : finished;
    }

    private boolean putInFlight(Address<K> address, Recording<K> fresh) {
        var shelf = kept;
        if (shelf == null) {
            return inFlight.putIfAbsent(address, fresh) == null;
        }
        return inFlight.computeIfAbsent(address, key -> shelf.getIfPresent(key) == null ? fresh : null) == fresh;
    }

    private <R extends Recording<K>> R takeOff(R fresh, TakeOff<R> takeOff) {
        boolean goesOnAlone = !settings.cancelWhenAbandoned() && fresh.hold();
        CompletableFuture<?> flight;
        try {
            flight = takeOff.of(fresh);
        } catch (Throwable e) { // closed meanwhile
            landed(fresh, e, goesOnAlone);
            fresh.leave();
            throw e;
        }
        fresh.flies(flight);
        var unused = flight.whenComplete((nothing, failure) -> landed(fresh, failure, goesOnAlone));
        if (closed) {
            end(fresh); // guard against a close that has not seen it
        }
        if (!fresh.hasRun() && fresh.failure() instanceof LoadRejectedException rejection) {
            fresh.leave();
            throw rejection;
        }
        return fresh;
    }

    /** Its readers are told the end now, when its key is free, and its flight is counted no more. */
    private void landed(Recording<K> recording, @Nullable Throwable failure, boolean wentOnAlone) {
        if (failure == null) {
            inFlight.remove(recording.address(), recording); // it may be kept
            recording.complete();
        } else {
            land(recording);
            recording.fail(Failures.ofStage(failure));
        }
        if (wentOnAlone) {
            recording.release();
        }
    }

    /** It cannot be joined any more, be it in flight or kept. False if it could not before. */
    private boolean land(Recording<?> recording) {
        boolean flew = inFlight.remove(recording.address(), recording);
        boolean wasKept = kept != null && kept.asMap().remove(recording.address(), recording);
        return flew || wasKept;
    }

    /** Nobody holds it any more. */
    void emptied(Recording<?> recording) {
        land(recording);
        try {
            recording.cancelFlight(); // if it has not landed; first, or a write that fails may be what lands it
        } finally {
            recording.abandon();
            recording.dispose();
            live.remove(recording);
        }
    }

    // Flights

    /** Has a recording filled by a loader on the executor, that blocks. */
    CompletableFuture<?> fly(Recording<K> recording, Body body) {
        FlightLoader<Recording<K>, @Nullable Void> loader = (same, flight) -> {
            run(recording, body);
            complete(recording, flight);
            return null;
        };
        return flights.supplyAsync(recording, loader);
    }

    private static void run(Recording<?> recording, Body body) throws Exception {
        recording.runner(Thread.currentThread());
        try {
            body.run();
        } finally {
            recording.runner(null);
        }
    }

    /** Has a recording filled by a publisher. */
    <T> CompletableFuture<?> relay(
            Recording<K> recording, Items<T> items, PublisherLoader<? super K, ? extends T> loader) {
        var executor = flights.executor(); // takes along what this thread carries
        return flights.loadAsync(recording, new AsyncLoader<Recording<K>, @Nullable Void>() {
            @Override
            public CompletableFuture<@Nullable Void> load(Recording<K> same) {
                throw new UnsupportedOperationException("there is no load without a flight");
            }

            @Override
            public CompletableFuture<@Nullable Void> load(Recording<K> same, Flight<?, ?> flight) throws Exception {
                var relay = new Relay<T>(items, () -> complete(recording, flight));
                // Not on this thread, of a subscriber that has to get what comes, and may be interrupted.
                executor.execute(() -> subscribe(recording, loader, relay));
                return relay.done();
            }
        });
    }

    private static <K, T> void subscribe(
            Recording<K> recording, PublisherLoader<? super K, ? extends T> loader, Relay<T> relay) {
        recording.runner(null);
        if (relay.done().isDone()) {
            return; // abandoned meanwhile: the publisher need not be asked
        }
        try {
            var publisher = loader.load(recording.key());
            if (publisher == null) {
                throw new NullPointerException("there is no publisher, but null, for " + recording.describe());
            }
            publisher.subscribe(relay);
        } catch (Throwable e) {
            relay.onError(e);
        }
    }

    /** All has been written: it is kept, if such are kept and it has not been forgotten. Its readers are told when it has landed. */
    private void complete(Recording<K> recording, Flight<?, ?> flight) {
        recording.seal();
        var failure = recording.failure();
        if (failure != null) { // that of a write, which the loader has kept to itself
            throw Sneaky.rethrow(failure);
        }
        var shelf = kept;
        if (shelf != null && recording.hold()) {
            keep(recording, flight, shelf);
        }
    }

    private void keep(Recording<K> recording, Flight<?, ?> flight, Cache<Address<K>, Recording<K>> shelf) {
        boolean isKept = false;
        try {
            isKept = !recording.isForgotten() && flight.ifCurrent(() -> shelf.put(recording.address(), recording));
        } finally {
            if (!isKept) {
                recording.release();
            }
        }
        if (isKept) {
            shelf.cleanUp(); // now, and not with the next one: what has to go for it may be large
        }
    }

    // Forgetting

    boolean forget(Address<K> address) {
        var growing = inFlight.get(address);
        var was = new AtomicBoolean();
        if (growing != null) {
            growing.forget(); // its flight may not have taken off
            flights.forget(growing, () -> was.set(land(growing)));
        }
        var finished = kept == null ? null : kept.asMap().remove(address);
        return was.get() || finished != null;
    }

    void forgetAll() {
        inFlight.values().forEach(growing -> {
            growing.forget();
            flights.forget(growing, () -> land(growing));
        });
        if (kept != null) {
            kept.invalidateAll();
        }
    }

    // Looking and closing

    List<FlightSnapshot<K>> flights() {
        return ofReaders(flights.flights());
    }

    List<FlightSnapshot<K>> forgottenFlights() {
        return ofReaders(flights.forgottenFlights());
    }

    private static <K> List<FlightSnapshot<K>> ofReaders(List<FlightSnapshot<Recording<K>>> snapshots) {
        return snapshots.stream()
                .map(s -> new FlightSnapshot<>(s.key().key(), s.age(), s.key().readers(), s.leaderThread()))
                .toList();
    }

    StreamStats stats() {
        int readers = 0;
        long onDisk = 0;
        long length = 0;
        for (var recording : live) {
            readers += recording.readers();
            onDisk += recording.onDisk();
            length += recording.weight();
        }
        long finished = kept == null ? 0 : kept.estimatedSize();
        return new StreamStats(inFlight.size(), (int) finished, readers, length - onDisk, onDisk);
    }

    void close() {
        closed = true;
        flights.close();
        live.forEach(this::end);
        if (kept != null) {
            kept.invalidateAll();
        }
    }

    private void end(Recording<K> recording) {
        recording.fail(new CancellationException("group " + Text.quote(settings.name()) + " is closed"));
        try {
            recording.cancelFlight();
        } finally {
            recording.dispose();
        }
    }
}
