package io.skein.load;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Flight;
import io.skein.LoadRejectedException;
import io.skein.Loader;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers keys that are asked for one by one into bulk calls (C8). A call is made when {@code maxSize} distinct keys
 * have come together, or {@code maxDelay} after the first of them has come, whichever is first; until then nobody waits
 * on a thread for it.
 *
 * <pre>{@code
 * CoalescingCache<Long, Product> products = CoalescingCache.<Long, Product>builder("products")
 *         .asyncLoader(Batching.of(catalog::findAll, 100, Duration.ofMillis(2)))
 *         .build();
 * }</pre>
 *
 * <p>A key that the loader's answer leaves out is absent: null. If the loader throws, all keys of that call fail; a
 * source that can fail for some of its keys is for {@link #ofOutcomes}. Answers for other keys than those asked for are
 * left aside. Who gives up takes its key out of a call that has not been made yet, and the thread of one that has been
 * made is interrupted when all its callers have given up.
 *
 * <p>A call runs on the {@link #executor}. It belongs to callers of several keys, so it carries the context of none of
 * them: what it depends on has to be in the keys.
 *
 * <p>One instance gathers for all groups and caches it is given to. It is thread-safe; {@link #executor} and its like
 * return another one, which gathers on its own.
 *
 * @param <K> keys, with a proper {@code equals} and {@code hashCode}
 * @param <V> values
 */
public final class Batching<K, V> implements AsyncLoader<K, @Nullable V> {
    private static final System.Logger LOG = System.getLogger(Batching.class.getName());
    private static final int DEFAULT_MAX_PENDING = 100_000;

    /** A timer that is so late will not ring any more. */
    private static final long LOST = TimeUnit.SECONDS.toNanos(2);

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final Settings<K, V> settings;

    /** Guards the fields below and the keys of all batches. No user code runs under it but methods of keys. */
    private final Object lock = new Object();

    private @Nullable Batch<K, V> gathering;
    private int pending; // keys that are gathered or being loaded
    private boolean timed; // whether timeIsUp is going to be called
    private long timedFor; // and when

    /** @param reading makes an outcome of what the loader's answer has for a key */
    private record Settings<K, V>(
            BulkLoader<K, ?> loader,
            Function<@Nullable Object, ? extends @Nullable Outcome<V>> reading,
            int maxSize,
            long maxDelay,
            int maxPending,
            Executor executor,
            Scheduler scheduler,
            Ticker ticker) {
        Settings<K, V> with(Executor other) {
            return new Settings<>(loader, reading, maxSize, maxDelay, maxPending, other, scheduler, ticker);
        }

        Settings<K, V> with(int otherMaxPending) {
            return new Settings<>(loader, reading, maxSize, maxDelay, otherMaxPending, executor, scheduler, ticker);
        }

        Settings<K, V> with(Scheduler other, Ticker otherTicker) {
            return new Settings<>(loader, reading, maxSize, maxDelay, maxPending, executor, other, otherTicker);
        }
    }

    private Batching(Settings<K, V> settings) {
        this.settings = settings;
    }

    /**
     * A loader that makes bulk calls.
     *
     * @param loader is called with at most {@code maxSize} keys
     * @param maxDelay how long the first key of a call may have to wait for others
     * @throws IllegalArgumentException if size or delay is not positive
     */
    public static <K, V> Batching<K, V> of(BulkLoader<K, V> loader, int maxSize, Duration maxDelay) {
        @SuppressWarnings("unchecked") // the loader's own values
        Function<@Nullable Object, Outcome<V>> reading = value -> Outcome.of((V) value);
        return of(loader, reading, maxSize, maxDelay);
    }

    /**
     * Like {@link #of}, for a loader that tells of each key how it ended: the failure of one fails no other.
     *
     * @param loader is called with at most {@code maxSize} keys; one that it leaves out is absent
     * @param maxDelay how long the first key of a call may have to wait for others
     * @throws IllegalArgumentException if size or delay is not positive
     */
    public static <K, V> Batching<K, V> ofOutcomes(BulkLoader<K, Outcome<V>> loader, int maxSize, Duration maxDelay) {
        @SuppressWarnings("unchecked") // the loader's own outcomes
        Function<@Nullable Object, @Nullable Outcome<V>> reading = outcome -> (Outcome<V>) outcome;
        return of(loader, reading, maxSize, maxDelay);
    }

    private static <K, V> Batching<K, V> of(
            BulkLoader<K, ?> loader,
            Function<@Nullable Object, ? extends @Nullable Outcome<V>> reading,
            int maxSize,
            Duration maxDelay) {
        requireNonNull(loader, "loader");
        if (maxSize <= 0) {
            throw new IllegalArgumentException("maxSize must be positive, was " + maxSize);
        }
        requireNonNull(maxDelay, "maxDelay");
        if (maxDelay.isNegative() || maxDelay.isZero()) {
            throw new IllegalArgumentException("maxDelay must be positive, was " + maxDelay);
        }
        long delay = (maxDelay.compareTo(LONGEST) > 0 ? LONGEST : maxDelay).toNanos();
        return new Batching<>(new Settings<>(
                loader,
                reading,
                maxSize,
                delay,
                Math.max(maxSize, DEFAULT_MAX_PENDING),
                LoadThreads.shared(),
                Scheduler.systemScheduler(),
                Ticker.systemTicker()));
    }

    /**
     * Where the calls run. Default: virtual threads where the JVM has them (21 and newer), else daemon threads that end
     * when they are idle. If it refuses a call, its keys fail. One that runs tasks on the thread that brings them ({@code
     * Runnable::run}, a pool with a caller-runs policy) has the JVM's timer thread make calls, which holds up every other
     * timer, and an interrupt of the caller that makes one fails all its keys.
     */
    public Batching<K, V> executor(Executor executor) {
        return new Batching<>(settings.with(requireNonNull(executor, "executor")));
    }

    /**
     * How many keys may be gathered and being loaded at once. One more fails with {@link LoadRejectedException}, at once
     * (G13). Default: 100,000.
     *
     * @throws IllegalArgumentException if it is less than {@code maxSize}
     */
    public Batching<K, V> maxPending(int most) {
        if (most < settings.maxSize) {
            throw new IllegalArgumentException(
                    "maxPending must be at least maxSize, was " + most + " with maxSize " + settings.maxSize);
        }
        return new Batching<>(settings.with(most));
    }

    /** What tells that {@code maxDelay} is over, and by which clock. Default: the JVM's own. */
    public Batching<K, V> clock(Scheduler scheduler, Ticker ticker) {
        return new Batching<>(settings.with(requireNonNull(scheduler, "scheduler"), requireNonNull(ticker, "ticker")));
    }

    // Loading

    /**
     * Puts a key into the call that is being prepared. Does not block.
     *
     * @return a stage of its own, that fails with what the bulk loader failed with
     * @throws LoadRejectedException if there are as many keys as {@code maxPending} allows
     * @throws NullPointerException if the key is null
     */
    @Override
    public CompletionStage<@Nullable V> load(K key) {
        return ask(key, null);
    }

    @Override
    public CompletionStage<@Nullable V> load(K key, Flight<?, ?> flight) {
        return ask(key, flight);
    }

    /** The same loader for those who wait on their thread: for {@code Group.load}, say. */
    public Loader<K, @Nullable V> blocking() {
        return new Awaiting<>(this);
    }

    private Ask<V> ask(K key, @Nullable Flight<?, ?> flight) {
        requireNonNull(key, "key");
        long now = settings.ticker.read();
        long due = now + settings.maxDelay;
        var ask = new Ask<V>(flight);
        Batch<K, V> toCall = null;
        boolean setTimer = false;
        boolean refused;
        synchronized (lock) {
            var batch = gathering == null ? new Batch<K, V>(this, due) : gathering;
            refused = pending >= settings.maxPending && !batch.has(key);
            if (!refused) {
                gathering = batch;
                if (batch.add(key, ask)) {
                    pending++;
                }
                if (batch.size() >= settings.maxSize || now - batch.due() >= 0) { // full; or its timer is late, or lost
                    gathering = null;
                    toCall = batch;
                } else if (!timed || now - timedFor > LOST) {
                    timed = true;
                    timedFor = due;
                    setTimer = true;
                }
            }
        }
        if (refused) {
            throw refusal(key);
        } else if (toCall != null) {
            call(toCall);
        } else if (setTimer) {
            schedule(settings.maxDelay);
        }
        return ask;
    }

    private LoadRejectedException refusal(K key) {
        return new LoadRejectedException(
                "refused key " + Text.quote(key) + ", as many keys are to be loaded in bulk as maxPending allows: "
                        + settings.maxPending,
                null);
    }

    // One timer at the most: when its time comes and the batch is younger than that, it is set again.

    private void schedule(long delay) {
        try {
            var timer = settings.scheduler.schedule(Runnable::run, this::timeIsUp, delay, TimeUnit.NANOSECONDS);
            if (timer.isDone() && isTimed()) { // a scheduler that has been shut down says nothing else
                flush(Long.MAX_VALUE);
            }
        } catch (RuntimeException | Error e) { // of the user's: what has come together is loaded without waiting
            LOG.log(Level.WARNING, "the scheduler of a Batching failed", e);
            flush(Long.MAX_VALUE);
        }
    }

    private boolean isTimed() {
        synchronized (lock) {
            return timed;
        }
    }

    private void timeIsUp() {
        long left;
        try {
            left = flush(settings.ticker.read());
        } catch (RuntimeException | Error e) { // of the user's ticker: nobody would call again
            LOG.log(Level.WARNING, "the ticker of a Batching failed", e);
            left = flush(Long.MAX_VALUE);
        }
        if (left > 0) {
            schedule(left);
        }
    }

    /**
     * Makes the call that is being prepared, if it is due.
     *
     * @param now {@code Long.MAX_VALUE} if it is to be made anyway
     * @return the time until it is due; 0 if it has been made, or there is none
     */
    private long flush(long now) {
        Batch<K, V> due;
        synchronized (lock) {
            due = gathering;
            if (due != null && now != Long.MAX_VALUE && due.due() - now > 0) {
                timedFor = due.due();
                return due.due() - now;
            }
            timed = false;
            gathering = null;
        }
        if (due != null) {
            call(due);
        }
        return 0;
    }

    private void call(Batch<K, V> batch) {
        if (batch.isEmpty()) { // who asked has given up
            return;
        }
        try {
            settings.executor.execute(batch::run);
        } catch (Throwable e) { // it takes no more, or no thread is to be had
            batch.fail(e);
        }
    }

    // For the batches

    Object lock() {
        return lock;
    }

    BulkLoader<K, ?> loader() {
        return settings.loader;
    }

    @Nullable
    Outcome<V> read(@Nullable Object found) {
        return settings.reading.apply(found);
    }

    /** So many keys have been answered, or nobody wants them any more. To be called under the lock. */
    void settled(int keys) {
        pending -= keys;
    }
}
