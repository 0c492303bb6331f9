package io.skein.cache;

import static java.util.Objects.requireNonNull;

import io.skein.Flight;
import io.skein.cache.Question.Purpose;
import io.skein.internal.Failures;
import io.skein.tier.TierAnswer;
import io.skein.tier.TierAnswer.Busy;
import io.skein.tier.TierAnswer.Found;
import io.skein.tier.TierAnswer.Leased;
import io.skein.tier.TierAnswer.Unshared;
import io.skein.tier.TierLease;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one flight has of the second tier: it takes what is there, or a lease, or waits for who has that.
 *
 * <pre>
 *   ask ──▶ found, fresh ───────────────────────────────────────▶ Answered
 *    ▲  ├─▶ found, stale ──▶ ask for the lease ──┬─▶ leased ────▶ Ask the source ──▶ publish
 *    │  ├─▶ leased ──────────────────────────────┘                 ▲
 *    │  ├─▶ busy ─────────────▶ Wait ──▶ changed, released, or over│
 *    │  └─▶ failed ────────────────────────────────────────────────┘ without a lease
 *    └──────── changed meanwhile ◀─┘
 * </pre>
 *
 * <p>The source is asked without a lease where the tier fails; where {@value #MOST_HOLDERS} others have been waited for who brought
 * nothing, so that a source that fails is not asked by one JVM after the other; and where somebody has held a lease for long, however
 * alive: a loader that is stuck, or waits for a load here, must not be in everybody's way.
 *
 * <p>The watch and the lease are the flight's from the moment they are got until {@link #end}, after which it gets no others,
 * however late an answer comes.
 */
final class Share<K, V> {
    private static final int MOST_HOLDERS = 2;

    /** So often it is asked again because what was asked for changed meanwhile. */
    private static final int MOST_ROUNDS = 3;

    /** Shorter is not waited: the lease may be about to end. */
    private static final long SHORTEST_WAIT = 2_000_000;

    private final Works<K, V> works;
    private final Sharing<K, V> sharing;
    private final K key;
    private final Flight<?, ?> flight;
    private final Purpose purpose;
    private final @Nullable String seen;
    private final long began = System.nanoTime();

    private @Nullable Watch watch; // guarded by this
    private Sharing<K, V>.@Nullable Hold hold; // guarded by this
    private boolean ended; // guarded by this

    // One thread at a time goes on with it; between two of them is a stage.
    private volatile @Nullable Load<K, V> reading;
    private volatile @Nullable Question<K, V> question;
    private volatile boolean asksForLease;
    private volatile boolean hasWaited;
    private volatile @Nullable String holder;
    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    Share(Works<K, V> works, Sharing<K, V> sharing, K key, Flight<?, ?> flight, Purpose purpose) {
        this.works = works;
        this.sharing = sharing;
        this.key = key;
        this.flight = flight;
        this.purpose = purpose;
        this.seen = works.store().look(key) instanceof StoredEntry.Near<V> near ? near.version : null;
    }

    /** What to do next. */
    sealed interface Step<V> {}

    record Answered<V>(StoredEntry<V> entry) implements Step<V> {}

    /** Ask the source; without a lease, what it brings may be kept for some nanoseconds. */
    record Ask<V>(long keepFor) implements Step<V> {}

    /** Ask again when this is done. */
    record Wait<V>(CompletableFuture<Void> woken) implements Step<V> {}

    /** Ask again. */
    record Again<V>() implements Step<V> {}

    /** Find out whether the lease is still there, and judge that. */
    record Check<V>(CompletableFuture<Boolean> renewed) implements Step<V> {}

    // Watch and lease

    /** A new watch in the place of the one before. */
    private Watch watch() {
        var fresh = sharing.watch(key, flight);
        Watch used;
        boolean late;
        synchronized (this) {
            late = ended;
            used = late ? fresh : watch;
            watch = late ? null : fresh;
        }
        if (used != null) {
            sharing.unwatch(key, used);
        }
        if (late) {
            throw new CancellationException("nobody waits for it any more");
        }
        return fresh;
    }

    /** Takes a lease on, or gives it up, if nobody may publish under it any more. */
    private void hold(TierLease lease) {
        boolean current = flight.ifCurrent(() -> {});
        synchronized (this) {
            if (current && !ended) {
                hold = sharing.hold(key, lease, flight);
                return;
            }
        }
        sharing.abort(lease);
    }

    /** The flight needs nothing of the tier any more. Whatever it still has is given up. */
    void end() {
        Watch used;
        Sharing<K, V>.Hold own;
        synchronized (this) {
            ended = true;
            used = watch;
            own = hold;
            watch = null;
            hold = null;
        }
        if (used != null) {
            sharing.unwatch(key, used);
        }
        if (own != null) {
            own.abort();
        }
    }

    /** The flight has failed before the source was asked. */
    void failed(Throwable failure) {
        var load = reading;
        if (load != null) {
            load.failed(failure);
        }
    }

    // Asking

    /** What was asked for, under which watch, by which load. Nobody asks two things at once. */
    private record Question<K, V>(Watch watch, Load<K, V> load) {}

    /**
     * Asks the tier. What it answers is for {@link #judge}, on a thread that may take its time.
     *
     * @throws CancellationException if this has ended
     * @throws IllegalArgumentException if the tier has no name for the key
     */
    CompletableFuture<TierAnswer<V>> ask() {
        var own = watch(); // first: what changes from here on is told to it, or has a number below that of the load
        var load = Load.takeOff(works, key, flight, true, purpose.isRefresh()); // before the tier is asked
        reading = load;
        question = new Question<>(own, load);
        boolean leaseOnly = asksForLease || purpose == Purpose.FRESH || (purpose.isRefresh() && !hasWaited);
        asksForLease = false;
        var asked = sharing.askFirst(() -> leaseOnly
                ? sharing.region().lease(key, purpose == Purpose.FRESH)
                : sharing.region().readOrLease(key));
        var answered = new CompletableFuture<
                TierAnswer<V>>(); // of its own: it may be cancelled, and the rest is done all the same
        var unused = asked.whenComplete((answer, failure) -> {
            try {
                if (answer instanceof Leased<V> leased) {
                    hold(leased.lease()); // at once, lest it is lost with who has asked
                }
                end(answered, answer, failure);
            } catch (Throwable e) { // of an engine, or of the key
                answered.completeExceptionally(e);
            }
        });
        return answered;
    }

    private static <T> void end(CompletableFuture<T> future, T value, @Nullable Throwable failure) {
        if (failure != null) {
            future.completeExceptionally(failure);
        } else {
            future.complete(value);
        }
    }

    /** The same for what {@link #ask} could not do: then the source is asked without a lease. */
    Step<V> judge(@Nullable TierAnswer<V> answer, @Nullable Throwable failure) {
        var asked = requireNonNull(question);
        try {
            if (failure != null) {
                sharing.failed(failure);
                return alone(0);
            } else if (answer instanceof Found<V> found) {
                return found(found, asked);
            } else if (answer instanceof Leased<V>) {
                return leased(asked.watch);
            } else if (answer instanceof Busy<V> busy) {
                return busy(busy, asked.watch);
            } else if (answer instanceof Unshared<V> unshared) {
                return unshared(unshared, asked.watch);
            }
            throw new NullPointerException("the shared tier answered with null");
        } catch (CancellationException e) { // late
            throw e;
        } catch (RuntimeException | Error e) { // a value of another type; of the user's weigher; of a key that fails
            sharing.failed(e);
            return alone(0);
        }
    }

    /** The source is to be asked without a lease, under a watch of its own. */
    private Step<V> alone(long keepFor) {
        giveUp();
        watch().hold();
        if (keepFor == 0) {
            sharing.counts.alone.increment();
        }
        return new Ask<>(keepFor);
    }

    /** What was answered may be outdated already. */
    private Step<V> again() {
        return rounds.incrementAndGet() < MOST_ROUNDS ? new Again<>() : alone(0);
    }

    private Step<V> found(Found<V> found, Question<K, V> asked) {
        if (!asked.watch.hold()) {
            return again();
        }
        StoredEntry.Near<V> entry;
        try {
            entry = asked.load.entry(found);
        } catch (RuntimeException | StackOverflowError e) { // it cannot be read, so it is to be replaced
            sharing.failed(e);
            return forLease();
        }
        long now = works.now();
        boolean isFresh = entry.isFresh(now);
        if (found.mayBeKept() || !isFresh) {
            flight.ifCurrent(() -> works.store().settle(key, entry)); // a stale one too, to stand in for what fails
        }
        if (!isOld(found) && (isFresh || maybeServed(entry, now))) {
            sharing.counts.hits.increment();
            asked.load.landed(() -> {});
            return new Answered<>(entry);
        }
        return forLease();
    }

    private Step<V> forLease() {
        asksForLease = true;
        return new Again<>();
    }

    /** Whether it is what is to be replaced. */
    private boolean isOld(Found<V> found) {
        return purpose.isRefresh()
                && (seen == null
                        ? found.age().toNanos() >= System.nanoTime() - began
                        : found.version().equals(seen));
    }

    /** Whether a stale value is to be served at once, to be loaded anew by whoever reads it then. */
    private boolean maybeServed(StoredEntry<V> stale, long now) {
        var settings = works.settings();
        return purpose == Purpose.GET
                && (settings.reasonToServe(stale, now) != null
                        || (settings.softTimeout() != 0 && settings.mayStandIn(stale, now)));
    }

    private Step<V> leased(Watch own) {
        Sharing<K, V>.Hold mine;
        synchronized (this) {
            mine = hold;
        }
        if (mine == null) { // given up, since the flight is not to be joined any more
            return alone(0);
        }
        if (own.hold()) {
            return new Ask<>(0);
        }
        watch().hold(); // before it is asked whether the lease is still ours: what changes later forgets the flight
        return new Check<>(
                sharing.ask(() -> sharing.region().renew(mine.lease())).copy());
    }

    /** The key has changed while it was leased: the lease may have gone already, or it was the lease itself that was told of. */
    Step<V> judgeCheck(@Nullable Boolean renewed, @Nullable Throwable failure) {
        sharing.failed(failure);
        if (failure == null && Boolean.TRUE.equals(renewed)) {
            return new Ask<>(0);
        }
        giveUp();
        return again();
    }

    private void giveUp() {
        Sharing<K, V>.Hold own;
        synchronized (this) {
            own = hold;
            hold = null;
        }
        if (own != null) {
            own.abort();
        }
    }

    private Step<V> unshared(Unshared<V> unshared, Watch own) {
        if (!own.hold()) {
            return again();
        }
        return unshared.mayBeKept() ? new Ask<>(Math.max(1, Settings.nanos(unshared.left()))) : alone(0);
    }

    private Step<V> busy(Busy<V> busy, Watch own) {
        if (sharing.abandon(busy.token())) {
            return new Again<>();
        }
        if (!busy.token().equals(holder)) {
            holder = busy.token();
            holders.incrementAndGet();
        }
        long left = Settings.nanos(sharing.region().longestWait()) - sharing.waitedFor(busy.token());
        if (holders.get() > MOST_HOLDERS || left <= 0) {
            return alone(0);
        }
        sharing.counts.waits.increment();
        hasWaited = true;
        long patience = Math.min(left, Math.max(SHORTEST_WAIT, Settings.nanos(busy.left())));
        long jitter = ThreadLocalRandom.current().nextLong(1 + patience / 16);
        return new Wait<>(own.fired.completeOnTimeout(null, patience + jitter, TimeUnit.NANOSECONDS));
    }

    // One step after the other

    /** The next step but asking again, for a thread that waits. */
    Step<V> next() throws InterruptedException {
        Step<V> step = new Again<>();
        while (true) {
            if (step instanceof Again<V>) {
                step = judge(ask());
            } else if (step instanceof Check<V> check) {
                step = judgeRenewed(check.renewed);
            } else {
                return step;
            }
        }
    }

    /** Waits for an answer, which may have been asked for before, and judges it. */
    Step<V> judge(CompletableFuture<TierAnswer<V>> asked) throws InterruptedException {
        TierAnswer<V> answer;
        try {
            answer = asked.get();
        } catch (ExecutionException e) {
            return judge(null, cause(e));
        }
        return judge(answer, null);
    }

    private static Throwable cause(ExecutionException e) {
        return Failures.ofStage(requireNonNull(e.getCause()));
    }

    private Step<V> judgeRenewed(CompletableFuture<Boolean> renewed) throws InterruptedException {
        Boolean answer;
        try {
            answer = renewed.get();
        } catch (ExecutionException e) {
            return judgeCheck(null, cause(e));
        }
        return judgeCheck(answer, null);
    }

    /** The same for one step that may have come of an answer that was waited for otherwise. */
    Step<V> next(Step<V> first) throws InterruptedException {
        if (first instanceof Check<V> check) {
            var step = judgeRenewed(check.renewed);
            return step instanceof Again<V> ? next() : step;
        }
        return first instanceof Again<V> ? next() : first;
    }

    // Storing

    /** The source is asked now, by a load that takes the place of the one that asked the tier. */
    void asksSource() {
        reading = null;
    }

    /** Stores what was loaded where it belongs. Fails only if the key does. */
    CompletableFuture<StoredEntry<V>> publish(Ask<V> ask, Load<K, V> load, StoredEntry<V> entry) {
        Sharing<K, V>.Hold own;
        Watch used;
        synchronized (this) {
            own = hold;
            used = watch;
        }
        if (own == null) {
            keep(ask, load, entry);
            return CompletableFuture.completedFuture(entry);
        }
        if (!flight.ifCurrent(() -> {}) || !own.end()) {
            sharing.abort(own.lease());
            sharing.counts.fenced.increment();
            load.landed(() -> {});
            return CompletableFuture.completedFuture(entry);
        }
        if (used != null) {
            used.close(); // from here on, what is told of may be what is published
        }
        works.store().noteChange(key); // so who joins from here on asks again
        var value = sharing.shared(entry);
        var published = new CompletableFuture<StoredEntry<V>>(); // of its own, as above
        var unused = sharing.ask(() -> sharing.region().publish(own.lease(), value))
                .whenComplete((stored, failure) -> {
                    try {
                        if (failure != null) {
                            sharing.failed(failure);
                            sharing.abort(own.lease());
                            keep(ask, load, entry);
                        } else {
                            (Boolean.TRUE.equals(stored) ? sharing.counts.published : sharing.counts.fenced)
                                    .increment();
                            load.landed(() -> works.store().remove(key)); // older than what the tier has now
                        }
                        published.complete(entry);
                    } catch (Throwable e) { // of the key
                        published.completeExceptionally(e);
                    }
                });
        return published;
    }

    /**
     * Without a lease nobody is told of changes, unless that is known. While the tier cannot be relied on, it is kept for a short
     * time; when it can be again, all that was kept goes.
     */
    private void keep(Ask<V> ask, Load<K, V> load, StoredEntry<V> entry) {
        boolean isAlone = !sharing.isCoherent();
        load.landed(() -> {
            if (ask.keepFor > 0) {
                works.store().settle(key, entry.within(ask.keepFor));
            } else if (isAlone) {
                works.store().settle(key, entry.within(works.settings().degradedTtl()));
            } else {
                works.store().remove(key);
            }
        });
    }
}
