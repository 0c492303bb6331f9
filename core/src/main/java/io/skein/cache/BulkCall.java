package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.BulkLoader;
import io.skein.CallerInterruptedException;
import io.skein.Flight;
import io.skein.LoadRejectedException;
import io.skein.cache.Question.Purpose;
import io.skein.internal.Dispatched;
import io.skein.internal.Failures;
import io.skein.internal.HandedOver;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import io.skein.internal.Work;
import io.skein.tier.TierAnswer;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of a bulk loader (C8). Each of its keys has a flight like any other; the call leads those that it took off
 * with, and lands them. Keys that were in flight already are others' to land: so overlapping calls load no key twice,
 * and since no call waits for another one before it has made its own, none waits in a circle.
 */
final class BulkCall<K, V> {
    private static final System.Logger LOG = System.getLogger(CoalescingCache.class.getName());

    private final Works<K, V> works;
    private final BulkLoader<K, V> loader;
    private final Work work = new Work();
    private final Map<K, Part<K, V>> parts = new LinkedHashMap<>(); // guarded by this
    private boolean sealed; // guarded by this
    private int wanted; // how many parts somebody waits for; guarded by this

    /**
     * One key, whose flight waits for the promise.
     *
     * @param share of the second tier, if there is one
     * @param ask what that has answered, if the source is to be asked
     * @param executor of the caller that leads
     * @param isWanted whether somebody waits for it because of this call, as far as is counted
     */
    private record Part<K, V>(
            K key,
            Flight<?, ?> flight,
            Purpose purpose,
            CompletableFuture<StoredEntry<V>> promise,
            @Nullable Share<K, V> share,
            Share.@Nullable Ask<V> ask,
            Executor executor,
            AtomicBoolean isWanted) {

        boolean isRefresh() {
            return purpose.isRefresh();
        }

        Part<K, V> with(Share.Ask<V> answer) {
            return new Part<>(key, flight, purpose, promise, share, answer, executor, isWanted);
        }

        /** For another call. */
        Part<K, V> again() {
            return new Part<>(key, flight, purpose, promise, share, null, executor, new AtomicBoolean(true));
        }
    }

    BulkCall(Works<K, V> works, BulkLoader<K, V> loader) {
        this.works = works;
        this.loader = loader;
    }

    // Gathering keys

    /** How the flight of a question loads that comes to lead: its key is put on the list. */
    CompletionStage<StoredEntry<V>> board(Question<K, V> question, Flight<?, ?> flight) {
        var found = question.lookAgain();
        if (found != null) {
            return CompletableFuture.completedFuture(found);
        }
        question.leads();
        var part = part(question, flight);
        if (!add(part)) { // taken over from a leader that was interrupted, when this call had been made already
            var alone = new BulkCall<>(works, loader);
            alone.add(part);
            alone.run();
        }
        return part.promise;
    }

    private Part<K, V> part(Question<K, V> question, Flight<?, ?> flight) {
        K key = question.key();
        var purpose = question.purpose();
        var sharing = works.sharing();
        return new Part<>(
                key,
                flight,
                purpose,
                new CompletableFuture<StoredEntry<V>>(),
                sharing == null ? null : new Share<>(works, sharing, key, flight, purpose),
                null,
                works.group().executor(),
                new AtomicBoolean(true));
    }

    private boolean add(Part<K, V> part) {
        synchronized (this) {
            if (sealed) {
                return false;
            }
            parts.put(part.key, part);
            wanted++;
        }
        var unused = part.promise.whenComplete((entry, failure) -> {
            if (part.promise.isCancelled()) {
                left(part);
            }
        });
        return true;
    }

    /** Nobody waits for this part because of this call: every caller of its key has left, or it has ended otherwise. */
    private void left(Part<K, V> part) {
        if (!part.isWanted.getAndSet(false)) {
            return;
        }
        synchronized (this) {
            if (--wanted > 0 || !sealed) {
                return;
            }
        }
        work.interrupt();
    }

    private List<Part<K, V>> seal() {
        List<Part<K, V>> all;
        synchronized (this) {
            sealed = true;
            all = List.copyOf(parts.values());
        }
        all.stream().filter(part -> part.promise.isDone()).forEach(BulkCall::end);
        return all.stream().filter(part -> !part.promise.isDone()).toList();
    }

    // Making the call

    /** On the executor of the group. */
    void runElsewhere() {
        runOn(works.group().executor());
    }

    private void runOn(Executor executor) {
        try {
            executor.execute(Dispatched.of(this::run, this::fail));
        } catch (Throwable e) { // it takes no more
            fail(e);
        }
    }

    /** Makes the call on this thread, and lands the flights. */
    void run() {
        var all = seal();
        if (!all.isEmpty()) {
            run(all);
        }
    }

    /**
     * The same on a caller's own thread.
     *
     * @throws CallerInterruptedException if it was interrupted; the other callers ask again
     */
    void runHere() {
        var all = seal();
        var failure = all.isEmpty() ? null : run(all);
        if (failure instanceof HandedOver) {
            Thread.currentThread().interrupt();
            throw new CallerInterruptedException(
                    "interrupted while loading " + all.size() + " keys, the first of them "
                            + Text.of(works.settings().name(), all.get(0).key),
                    failure.getCause());
        }
    }

    /**
     * First all is stored, then all flights land, and only then are futures told, elsewhere: what depends on one of them
     * may wait for another. Until then the calling thread is known to attend them, and no part is left without an end.
     */
    private @Nullable Throwable run(List<Part<K, V>> parts) {
        List<Part<K, V>> all;
        try {
            var unknown = works.buffer() == null ? parts : withoutPending(parts);
            all = works.sharing() == null ? unknown : toLoad(unknown);
        } catch (Throwable e) { // interrupted; or of a key, or of the user's ticker
            var failure = e instanceof InterruptedException ? new HandedOver(e) : e;
            failAll(parts, failure);
            return failure;
        }
        if (all.isEmpty()) {
            return null;
        }
        var ends = new ArrayList<Runnable>(all.size());
        Throwable failure = null;
        all.forEach(part -> part.flight.attendedBy(Thread.currentThread()));
        try {
            failure = load(all, ends);
        } catch (Throwable e) { // refused by maxLoads; or of the user's ticker
            failure = e;
        } finally {
            var why = failure == null ? new CancellationException("the bulk call was not made") : failure;
            works.group().landTogether(() -> {
                ends.forEach(Runnable::run);
                all.forEach(part -> part.promise.completeExceptionally(why));
            });
            all.forEach(part -> part.flight.unattendedBy(Thread.currentThread()));
            all.forEach(BulkCall::end);
        }
        return failure;
    }

    private static void end(Part<?, ?> part) {
        if (part.share != null) {
            part.share.end();
        }
    }

    /** Lands those whose keys are to be written behind, at once; the source is to be asked for the others. */
    private List<Part<K, V>> withoutPending(List<Part<K, V>> parts) {
        var others = new ArrayList<Part<K, V>>(parts.size());
        var ends = new ArrayList<Runnable>();
        for (var part : parts) {
            try {
                var pending = new Loading<>(works, part.key, part.purpose).pending(part.flight);
                if (pending == null) {
                    others.add(part);
                } else {
                    ends.add(() -> {
                        part.promise.complete(pending);
                        left(part);
                    });
                }
            } catch (Throwable e) { // of the merge function
                ends.add(() -> {
                    part.promise.completeExceptionally(e);
                    left(part);
                });
            }
        }
        works.group().landTogether(() -> ends.forEach(Runnable::run));
        return others;
    }

    /**
     * Asks the second tier for all keys at once. Lands those that it has, and leaves those that others are loading to calls of
     * their own, to be made when they have ended.
     *
     * @return those for which the source is to be asked
     */
    private List<Part<K, V>> toLoad(List<Part<K, V>> parts) throws InterruptedException {
        var answers = new LinkedHashMap<Part<K, V>, CompletableFuture<TierAnswer<V>>>();
        var toLoad = new ArrayList<Part<K, V>>(parts.size());
        var ends = new ArrayList<Runnable>();
        for (var part : parts) {
            try {
                answers.put(part, requireNonNull(part.share).ask());
            } catch (IllegalArgumentException
                    | CancellationException e) { // it has no name there; its callers have left
                ends.add(() -> end(part, null, e));
            }
        }
        for (var asked : answers.entrySet()) {
            var part = asked.getKey();
            var share = requireNonNull(part.share);
            try {
                var step = share.next(share.judge(asked.getValue()));
                if (step instanceof Share.Ask<V> ask) {
                    share.asksSource();
                    toLoad.add(part.with(ask));
                } else if (step instanceof Share.Answered<V> answered) {
                    ends.add(() -> end(part, answered.entry(), null));
                } else {
                    wait(part, (Share.Wait<V>) step);
                }
            } catch (CancellationException e) { // its callers have left
                ends.add(() -> end(part, null, e));
            }
        }
        works.group().landTogether(() -> ends.forEach(Runnable::run));
        return toLoad;
    }

    /** Asks again for one key when there is reason to, in a call of its own. */
    private void wait(Part<K, V> part, Share.Wait<V> step) {
        left(part);
        var unused = step.woken().whenComplete((nothing, failure) -> {
            try { // not on a thread of the tier's, whatever the executor does
                LoadThreads.sharedPlatform().execute(() -> {
                    var alone = new BulkCall<>(works, loader);
                    alone.add(part.again());
                    alone.runOn(part.executor);
                });
            } catch (Throwable e) { // there are no threads
                part.promise.completeExceptionally(e);
                end(part);
            }
        });
    }

    private void end(Part<K, V> part, @Nullable StoredEntry<V> entry, @Nullable Throwable failure) {
        if (failure != null) {
            requireNonNull(part.share).failed(failure);
            part.promise.completeExceptionally(failure);
        } else {
            part.promise.complete(requireNonNull(entry));
        }
        left(part);
        end(part);
    }

    /** The parts are not loaded. */
    private void failAll(List<Part<K, V>> all, Throwable failure) {
        works.group().landTogether(() -> all.forEach(part -> part.promise.completeExceptionally(failure)));
        all.forEach(BulkCall::end);
    }

    /** @param ends are given how to end the parts */
    private @Nullable Throwable load(List<Part<K, V>> all, List<Runnable> ends) {
        long tookOff = works.now();
        try {
            works.acquire(keys(all));
        } catch (LoadRejectedException e) {
            all.stream().filter(Part::isRefresh).forEach(part -> works.refreshed(part.key, e));
            throw e;
        }
        Throwable failure = null;
        boolean cancelled;
        long number;
        var loads = new ArrayList<Load<K, V>>(all.size());
        Map<K, ? extends @Nullable V> values = Map.of();
        try {
            works.store().changes();
            number = works.store().nextNumber();
            all.forEach(part -> loads.add(Load.takeOff(works, part.key, part.flight, true, part.isRefresh())));
            try {
                if (!work.begin()) {
                    return null; // nobody waits any more
                }
                values = ask(works, loader, keys(all));
            } catch (Throwable e) {
                failure = e;
            } finally {
                cancelled = work.end();
            }
        } finally {
            works.release();
        }
        works.tallies().loaded(works.since(tookOff), failure != null);
        if (failure != null) {
            if (!cancelled && Failures.isByInterrupt(failure)) {
                return new HandedOver(failure);
            }
            fail(loads, failure);
            return failure;
        }
        storeExtras(works, keys(all), values, number);
        var published = new ArrayList<CompletableFuture<?>>();
        for (int i = 0; i < all.size(); i++) {
            ends.add(land(all.get(i), loads.get(i), values, published));
        }
        CompletableFuture.allOf(published.toArray(new CompletableFuture<?>[0])).join();
        return null;
    }

    private static void fail(List<? extends Load<?, ?>> loads, Throwable failure) {
        for (var load : loads) {
            load.failed(failure);
        }
    }

    /** Stores the value of one key, and returns how to end it. */
    private static <K, V> Runnable land(
            Part<K, V> part,
            Load<K, V> load,
            Map<K, ? extends @Nullable V> values,
            List<CompletableFuture<?>> published) {
        try {
            var loaded = Loaded.<V>of(values.get(part.key));
            StoredEntry<V> entry;
            if (part.share == null || part.ask == null) {
                entry = load.land(loaded);
            } else {
                entry = load.entry(loaded);
                published.add(part.share.publish(part.ask, load, entry));
            }
            return () -> part.promise.complete(entry);
        } catch (Throwable e) {
            load.failed(e);
            return () -> part.promise.completeExceptionally(e);
        }
    }

    /** The call cannot be made. */
    void fail(Throwable failure) {
        failAll(seal(), failure);
    }

    private static <K, V> Map<K, ? extends @Nullable V> ask(Works<K, V> works, BulkLoader<K, V> loader, Set<K> keys)
            throws Exception {
        return requireNonNull(
                loader.loadAll(keys), () -> "the bulk loader of cache " + works.quotedName() + " returned null");
    }

    private static <K, V> Set<K> keys(List<Part<K, V>> all) {
        var keys = new LinkedHashSet<K>();
        all.forEach(part -> keys.add(part.key));
        return Collections.unmodifiableSet(keys);
    }

    // Extra keys

    /** How a bulk loader loads one key, in a cache that has no other loader. */
    static <K, V> Source<K, V> one(Works<K, V> works, BulkLoader<K, V> loader) {
        return (Source.Blocking<K, V>) (key, load) -> {
            works.store().changes();
            long number = works.store().nextNumber();
            var values = ask(works, loader, Set.of(key));
            storeExtras(works, Set.of(key), values, number);
            return Loaded.of(values.get(key));
        };
    }

    /** A fault of one of them is no fault of those that were asked for. */
    private static <K, V> void storeExtras(
            Works<K, V> works, Set<K> asked, Map<K, ? extends @Nullable V> values, long number) {
        if (works.sharing() != null) {
            return; // nobody would tell when they change
        }
        try {
            values.forEach((key, value) -> {
                if (key != null && value != null && !asked.contains(key)) {
                    storeExtra(works, key, value, number);
                }
            });
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "the extra keys of a bulk call of cache " + works.quotedName(), e);
        }
    }

    private static <K, V> void storeExtra(Works<K, V> works, K key, V value, long number) {
        works.settings().checkKey(key);
        var entry = works.settings()
                .entry(key, value, Loaded.of(value), StoredEntry.Details.NO_TAGS, null, number, works.now(), 0);
        works.store().settleExtra(key, entry);
    }
}
