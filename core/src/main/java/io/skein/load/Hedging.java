package io.skein.load;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.Loader;
import io.skein.internal.LoadThreads;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A loader that asks the next replica when one is late, and takes the first value it gets (Dean, Barroso: The Tail at
 * Scale, 2013; C11). The others are cancelled then.
 *
 * <pre>{@code
 * var find = Hedging.<Long, Product>of(first::find, second::find).afterQuantile(0.95).budget(0.1);
 * CoalescingCache<Long, Product> products = CoalescingCache.<Long, Product>builder("products").loader(find).build();
 * }</pre>
 *
 * <p>Replicas are asked in the order given, each with the same key. One that fails counts as late at once. If all that
 * were asked fail, the load fails with the first failure, and the others are suppressed by it.
 *
 * <p>Blocking replicas run on the {@link #executor}, with what the load's thread carries, since a thread cannot abandon
 * its own call; the load's thread waits, unless this is used as {@link #async}. The thread of one whose value is not
 * wanted any more is interrupted. If it is deaf to that, it runs on to its end, and nobody waits for it.
 *
 * <p>The {@link #budget} keeps a source from being asked twice for everything when it is slow as a whole.
 *
 * <p>Thread-safe. The methods that set something return another one, which has seen no loads yet.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Hedging<K, V extends @Nullable Object> implements Loader<K, V> {
    private static final double DEFAULT_QUANTILE = 0.95;
    private static final double DEFAULT_BUDGET = 0.1;
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final Settings<K, V> settings;
    private final Lateness lateness;
    private final Budget budget;
    private final AsyncLoader<K, V> async = new Async();

    final LongAdder loads = new LongAdder();
    final LongAdder hedges = new LongAdder();
    final LongAdder hedgesWon = new LongAdder();
    final LongAdder overBudget = new LongAdder();

    /**
     * @param delay nanoseconds; 0 where the quantile holds
     * @param share of loads for each of which one more replica may be asked
     */
    record Settings<K, V extends @Nullable Object>(
            List<Replica<K, V>> replicas,
            long delay,
            double quantile,
            double share,
            Executor executor,
            Scheduler scheduler,
            Ticker ticker) {
        Settings<K, V> after(long newDelay, double newQuantile) {
            return new Settings<>(replicas, newDelay, newQuantile, share, executor, scheduler, ticker);
        }

        Settings<K, V> share(double newShare) {
            return new Settings<>(replicas, delay, quantile, newShare, executor, scheduler, ticker);
        }

        Settings<K, V> on(Executor newExecutor) {
            return new Settings<>(replicas, delay, quantile, share, newExecutor, scheduler, ticker);
        }

        Settings<K, V> clock(Scheduler newScheduler, Ticker newTicker) {
            return new Settings<>(replicas, delay, quantile, share, executor, newScheduler, newTicker);
        }
    }

    private Hedging(Settings<K, V> settings) {
        this.settings = settings;
        this.lateness = settings.delay == 0
                ? new Lateness.AfterQuantile(settings.quantile)
                : new Lateness.After(settings.delay);
        this.budget = new Budget(settings.share);
    }

    /**
     * Of replicas that are asked blocking. What is late is told by {@code afterQuantile(0.95)}, and of ten loads one may
     * be hedged, unless set otherwise.
     *
     * @param replicas two or more; to ask one and the same again, give it twice
     * @throws IllegalArgumentException if they are fewer
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <K, V extends @Nullable Object> Hedging<K, V> of(Loader<? super K, ? extends V>... replicas) {
        return Hedging.<K, V>of(Arrays.asList(replicas));
    }

    /** Like {@link #of(Loader...)}. */
    public static <K, V extends @Nullable Object> Hedging<K, V> of(
            List<? extends Loader<? super K, ? extends V>> replicas) {
        return ofReplicas(replicas.stream()
                .<Replica<K, V>>map(loader -> new Replica.Blocking<>(requireNonNull(loader, "replica")))
                .toList());
    }

    /**
     * Of replicas that answer with a stage. Otherwise like {@link #of(Loader...)}.
     *
     * @param replicas two or more
     * @throws IllegalArgumentException if they are fewer
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <K, V extends @Nullable Object> Hedging<K, V> ofAsync(
            AsyncLoader<? super K, ? extends V>... replicas) {
        return Hedging.<K, V>ofAsync(Arrays.asList(replicas));
    }

    /** Like {@link #ofAsync(AsyncLoader...)}. */
    public static <K, V extends @Nullable Object> Hedging<K, V> ofAsync(
            List<? extends AsyncLoader<? super K, ? extends V>> replicas) {
        return ofReplicas(replicas.stream()
                .<Replica<K, V>>map(loader -> new Replica.Async<>(requireNonNull(loader, "replica")))
                .toList());
    }

    private static <K, V extends @Nullable Object> Hedging<K, V> ofReplicas(List<Replica<K, V>> replicas) {
        if (replicas.size() < 2) {
            throw new IllegalArgumentException("replicas must be at least two, were " + replicas.size()
                    + ": to ask one and the same again, give it twice");
        }
        return new Hedging<>(new Settings<>(
                replicas,
                0,
                DEFAULT_QUANTILE,
                DEFAULT_BUDGET,
                LoadThreads.shared(),
                Timers.SYSTEM,
                Ticker.systemTicker()));
    }

    /**
     * Asks the next replica when one has not answered for this time.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Hedging<K, V> after(Duration delay) {
        requireNonNull(delay, "delay");
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("delay must be positive, was " + delay);
        }
        return new Hedging<>(settings.after((delay.compareTo(LONGEST) > 0 ? LONGEST : delay).toNanos(), 0));
    }

    /**
     * Asks the next replica when one has not answered for as long as this share of the last thousand loads took the
     * first replica at most. No replica is late before 1 / (1 - quantile) loads are known; one that fails is replaced
     * all the same.
     *
     * @param quantile between 0 and 1, both excluded; of 100 loads at 0.95, five are hedged
     * @throws IllegalArgumentException if it is not
     */
    public Hedging<K, V> afterQuantile(double quantile) {
        if (!(quantile > 0 && quantile < 1)) {
            throw new IllegalArgumentException("quantile must be greater than 0 and less than 1, was " + quantile);
        }
        return new Hedging<>(settings.after(0, quantile));
    }

    /**
     * How many replicas may be asked in addition, as a share of the loads: with 0.1, one for every ten loads, and at most
     * ten in a row after calm times. Beyond that a load waits for those it has asked, or fails with them. Default: 0.1.
     *
     * @param share greater than 0, at most 1
     * @throws IllegalArgumentException if it is not
     */
    public Hedging<K, V> budget(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("budget must be greater than 0 and at most 1, was " + share);
        }
        return new Hedging<>(settings.share(share));
    }

    /**
     * Where blocking replicas run, and where asynchronous ones are asked but the first, and cancelled. Default: virtual
     * threads where the JVM has them (21 and newer), else daemon threads that end when they are idle. It should have a
     * thread for each replica that may be asked at once: one that queues them makes all of them late, and one that runs
     * tasks on the thread that brings them ({@code Runnable::run}, a pool with a caller-runs policy) asks the next replica
     * on the JVM's timer thread, and the first on the load's own, which cannot leave it.
     */
    public Hedging<K, V> executor(Executor executor) {
        return new Hedging<>(settings.on(requireNonNull(executor, "executor")));
    }

    /** What tells that a replica is late, and by which clock. Default: the JVM's own. */
    public Hedging<K, V> clock(Scheduler scheduler, Ticker ticker) {
        return new Hedging<>(settings.clock(requireNonNull(scheduler, "scheduler"), requireNonNull(ticker, "ticker")));
    }

    // Loading

    /**
     * Waits for the first value.
     *
     * @throws Exception the first failure, if all that were asked failed
     */
    @Override
    public V load(K key) throws Exception {
        return new Awaiting<>(async).load(key);
    }

    @Override
    public V load(K key, Flight<?, ?> flight) throws Exception {
        return new Awaiting<>(async).load(key, flight);
    }

    /** The same loader for those who do not wait: for {@code Group.loadAsync} or a cache's {@code asyncLoader}. */
    public AsyncLoader<K, V> async() {
        return async;
    }

    private final class Async implements AsyncLoader<K, V> {
        @Override
        public CompletionStage<V> load(K key) {
            return race(key, null);
        }

        @Override
        public CompletionStage<V> load(K key, Flight<?, ?> flight) {
            return race(key, flight);
        }
    }

    private CompletionStage<V> race(K key, @Nullable Flight<?, ?> flight) {
        requireNonNull(key, "key");
        loads.increment();
        budget.loaded();
        return new Race<>(this, key, flight).start();
    }

    /** What has been done so far. */
    public HedgingStats stats() {
        long late = lateness.nanos();
        return new HedgingStats(
                loads.sum(),
                hedges.sum(),
                hedgesWon.sum(),
                overBudget.sum(),
                late == Lateness.NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(late)));
    }

    // For the races

    Settings<K, V> settings() {
        return settings;
    }

    Lateness lateness() {
        return lateness;
    }

    Budget budget() {
        return budget;
    }
}
