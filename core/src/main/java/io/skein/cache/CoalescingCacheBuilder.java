package io.skein.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.Weigher;
import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.Loader;
import io.skein.event.CacheListener;
import io.skein.event.FlightListener;
import io.skein.tier.SharedTier;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import io.skein.write.behind.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the settings of a {@link CoalescingCache}. A bad value fails at once, a contradiction in {@link #build}. Not
 * thread-safe; the cache is.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class CoalescingCacheBuilder<K, V> {
    private static final Duration DEFAULT_RETRY = Duration.ofSeconds(1);
    private static final Duration DEFAULT_DEGRADED_TTL = Duration.ofSeconds(5);

    private final String name;
    private final GroupBuilder<K, StoredEntry<V>> group;
    private final List<CacheListener> listeners = new ArrayList<>();
    private @Nullable Duration ttl;
    private double ttlJitter;
    private double refreshAhead;
    private double earlyRefresh;
    private @Nullable Duration staleWhileRevalidate;
    private @Nullable Duration staleIfError;
    private @Nullable Duration retryAfterError;
    private @Nullable Duration softTimeout;
    private @Nullable Duration callerTimeout;
    private @Nullable Duration loadTimeout;
    private @Nullable Duration negativeTtl;
    private @Nullable Duration errorTtl;
    private Predicate<? super Throwable> errorsToRemember = failure -> false;
    private @Nullable SharedTier<K, V> tier;
    private @Nullable Duration nearTtl;
    private @Nullable Duration degradedTtl;
    private long maximumSize = Settings.UNLIMITED;
    private long maximumWeight = Settings.UNLIMITED;
    private @Nullable Weigher<? super K, ? super V> weigher;
    private int maxLoads;
    private boolean hasExecutor;
    private @Nullable UnaryOperator<V> copier;
    private @Nullable Class<?> keyType;
    private @Nullable Class<?> valueType;
    private Ticker ticker = Ticker.systemTicker();
    private @Nullable Scheduler scheduler;
    private final List<String> loaders = new ArrayList<>();
    private @Nullable Source<K, V> source;
    private @Nullable BulkLoader<K, V> bulk;
    private final List<String> writers = new ArrayList<>();
    private @Nullable Supplier<Buffer<K, V>> buffer;
    private @Nullable Function<Works<K, V>, Writes<K, V>> writes;

    CoalescingCacheBuilder(String name) {
        this.name = name;
        this.group = Group.builder(name);
    }

    // Freshness

    /**
     * How long a value is fresh, from when it was stored. Default: for ever.
     *
     * @throws IllegalArgumentException if the duration is not positive, as for all durations
     */
    public CoalescingCacheBuilder<K, V> ttl(Duration time) {
        ttl = Settings.positive("ttl", time);
        return this;
    }

    /**
     * By how much at most {@code ttl} is shortened by chance, so that what was loaded together does not expire together.
     * Default: 0.
     *
     * @param share of {@code ttl}, at least 0 and less than 1
     * @throws IllegalArgumentException if it is not
     */
    public CoalescingCacheBuilder<K, V> ttlJitter(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("ttlJitter must be at least 0 and less than 1, was " + share);
        }
        ttlJitter = share;
        return this;
    }

    /**
     * The share of its time to live after which a read of a value has it loaded anew in the background (C4): 0.8 is
     * after four fifths. If that fails it is tried again after {@code retryAfterError}, then after twice that, and so
     * on. Default: never.
     *
     * @param factor between 0 and 1, both excluded
     * @throws IllegalArgumentException if it is not
     */
    public CoalescingCacheBuilder<K, V> refreshAhead(double factor) {
        if (!(factor > 0 && factor < 1)) {
            throw new IllegalArgumentException("refreshAhead must be greater than 0 and less than 1, was " + factor);
        }
        refreshAhead = factor;
        return this;
    }

    /**
     * Has values loaded anew in the background before they expire by chance, the likelier the closer the end is and the
     * longer their load took: when {@code -beta * loadTime * ln(random) >= time left} (Vattani, Chierichetti,
     * Lowenstein: Optimal Probabilistic Cache Stampede Prevention, 2015). Default: not.
     *
     * @param beta 1 is a good choice; more is earlier
     * @throws IllegalArgumentException if it is not positive
     */
    public CoalescingCacheBuilder<K, V> earlyRefresh(double beta) {
        if (!(beta > 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("earlyRefresh must be positive, was " + beta);
        }
        earlyRefresh = beta;
        return this;
    }

    /**
     * How long after its time to live a value is still served at once, while it is loaded anew in the background (RFC
     * 5861). Default: not at all.
     */
    public CoalescingCacheBuilder<K, V> staleWhileRevalidate(Duration time) {
        staleWhileRevalidate = Settings.positive("staleWhileRevalidate", time);
        return this;
    }

    /**
     * How long after its time to live a value is still served if its load fails (RFC 5861). Default: not at all. Such
     * values take up room: they count for {@code maximumSize}.
     */
    public CoalescingCacheBuilder<K, V> staleIfError(Duration time) {
        staleIfError = Settings.positive("staleIfError", time);
        return this;
    }

    /**
     * How long after a failed load the next is tried, if there is a value at hand to be served meanwhile: always so long
     * if it is stale; if it is still fresh and refreshed ahead, twice as long after each further failure, up to 64 times.
     * Default: one second.
     */
    public CoalescingCacheBuilder<K, V> retryAfterError(Duration time) {
        retryAfterError = Settings.positive("retryAfterError", time);
        return this;
    }

    /**
     * How long one caller waits for a load with a stale value at hand; then it gets that, and the load goes on. Needs
     * {@link #staleIfError}. Default: as long as without one.
     */
    public CoalescingCacheBuilder<K, V> softTimeout(Duration timeout) {
        softTimeout = Settings.positive("softTimeout", timeout);
        return this;
    }

    /**
     * How long it is remembered that there is nothing under a key: that its loader returned null, or {@link
     * Loaded#absent}. Default: not at all.
     */
    public CoalescingCacheBuilder<K, V> negativeTtl(Duration time) {
        negativeTtl = Settings.positive("negativeTtl", time);
        return this;
    }

    /**
     * How long a failed load is remembered, and its failure thrown to all who ask. Not done where a value is at hand.
     * Default: not at all.
     *
     * @param which the failures to remember
     */
    public CoalescingCacheBuilder<K, V> errorTtl(Predicate<? super Throwable> which, Duration time) {
        errorsToRemember = requireNonNull(which, "which");
        errorTtl = Settings.positive("errorTtl", time);
        return this;
    }

    // Size

    /**
     * How many entries are kept, stale and negative ones included; beyond it those go that are least likely to be used
     * again. Default: any number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public CoalescingCacheBuilder<K, V> maximumSize(long entries) {
        maximumSize = notNegative("maximumSize", entries);
        return this;
    }

    /**
     * How much all values may weigh together. Needs {@link #weigher}. Default: any weight.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public CoalescingCacheBuilder<K, V> maximumWeight(long weight) {
        maximumWeight = notNegative("maximumWeight", weight);
        return this;
    }

    /**
     * Tells how much a value weighs: 0 or more; asked once, when it is loaded or put. What is no value weighs 1. Needs
     * {@link #maximumWeight}. If it throws, so does the load or the put.
     */
    public CoalescingCacheBuilder<K, V> weigher(Weigher<? super K, ? super V> newWeigher) {
        weigher = requireNonNull(newWeigher, "weigher");
        return this;
    }

    // Loaders

    /** Loads values, blocking. */
    public CoalescingCacheBuilder<K, V> loader(Loader<? super K, ? extends @Nullable V> loader) {
        return source("loader", Source.of(requireNonNull(loader, "loader")));
    }

    /** Loads values, blocking, with regard to what is stored already. */
    public CoalescingCacheBuilder<K, V> contextLoader(ContextLoader<K, V> loader) {
        return source("contextLoader", Source.of(requireNonNull(loader, "contextLoader")));
    }

    /** Loads values without blocking. */
    public CoalescingCacheBuilder<K, V> asyncLoader(AsyncLoader<? super K, ? extends @Nullable V> loader) {
        return source("asyncLoader", Source.of(requireNonNull(loader, "asyncLoader")));
    }

    /** Loads values without blocking, with regard to what is stored already. */
    public CoalescingCacheBuilder<K, V> asyncContextLoader(AsyncContextLoader<K, V> loader) {
        return source("asyncContextLoader", Source.of(requireNonNull(loader, "asyncContextLoader")));
    }

    private CoalescingCacheBuilder<K, V> source(String kind, Source<K, V> newSource) {
        loaders.add(kind);
        source = newSource;
        return this;
    }

    /** Loads the values {@code getAll} wants; and single ones too, if there is no other loader. */
    public CoalescingCacheBuilder<K, V> bulkLoader(BulkLoader<K, V> loader) {
        bulk = requireNonNull(loader, "bulkLoader");
        return this;
    }

    // Writers

    /**
     * Has {@link CoalescingCache#write} and {@link CoalescingCache#delete} go to the source first, and then into the cache
     * (C10). Default: nothing is written to the source. {@code put} is for the cache alone, with a writer too.
     */
    public CoalescingCacheBuilder<K, V> writeThrough(CacheWriter<? super K, ? super V> writer) {
        requireNonNull(writer, "writeThrough");
        return writes("writeThrough", works -> new DirectWrites<>(works, writer, true));
    }

    /**
     * Has {@link CoalescingCache#write} and {@link CoalescingCache#delete} go to the source, and then remove what is stored
     * (C10): for what is written often and read seldom. Default: nothing is written to the source.
     */
    public CoalescingCacheBuilder<K, V> writeAround(CacheWriter<? super K, ? super V> writer) {
        requireNonNull(writer, "writeAround");
        return writes("writeAround", works -> new DirectWrites<>(works, writer, false));
    }

    /**
     * Has {@link CoalescingCache#write} and {@link CoalescingCache#delete} return once the value is in the cache and in a buffer,
     * which is written to the source in batches (C10). Default: nothing is written to the source.
     *
     * @param settings when, and what if it fails; they are read by {@link #build}, and are for one cache
     */
    public CoalescingCacheBuilder<K, V> writeBehind(
            CacheWriter<? super K, ? super V> writer, WriteBehind<K, V> settings) {
        requireNonNull(writer, "writeBehind");
        requireNonNull(settings, "settings of writeBehind");
        @SuppressWarnings("unchecked") // it takes more than these, and what it is given is not to be changed
        var own = (CacheWriter<K, V>) writer;
        buffer = () -> new Buffer<>(name, own, settings, ticker, scheduler);
        return writes("writeBehind", works -> {
            var writes = new BufferedWrites<>(works, requireNonNull(works.buffer()), nanos(settings.maxWait()));
            writes.start();
            return writes;
        });
    }

    private CoalescingCacheBuilder<K, V> writes(String strategy, Function<Works<K, V>, Writes<K, V>> newWrites) {
        writers.add(strategy);
        writes = newWrites;
        return this;
    }

    // Sharing

    /**
     * Shares this cache with those of the same name in other JVMs: what one has loaded the others find, one of them loads a key at
     * a time, and invalidations are everybody's. What is stored here is what was read from the tier, as long as that tells of
     * changes. If it cannot be reached, this cache loads on its own, and keeps what it has loaded for {@code degradedTtl}.
     *
     * <p>Then {@code put}, {@code write}, {@code delete}, {@code invalidate}, {@code invalidateAll}, {@code invalidateTag}, {@code
     * expire} and {@code forget} wait for the tier, and throw {@link io.skein.tier.TierException} if it is not known to have done
     * what they ask for; what was stored here is gone then. {@code getIfPresent} and {@code lease} wait for it, too. {@code expire}
     * does what {@code invalidate} does. {@code asMap}, {@code entry} and {@code keys} show what is stored here, and the map is
     * read-only. The extra keys of bulk loads are not stored. Failures that are remembered for {@code errorTtl} are so here.
     *
     * <p>Listeners may be told by a thread of the tier's: they must not wait for it.
     *
     * <p>{@code ttl} and the like should be the same everywhere: a value is fresh for as long as the cache says that has loaded it.
     */
    public CoalescingCacheBuilder<K, V> sharedTier(SharedTier<K, V> newTier) {
        tier = requireNonNull(newTier, "sharedTier");
        return this;
    }

    /**
     * How long what was read from the shared tier is kept here at the most, be it fresh for longer; then it is read again. Default:
     * as long as it is fresh, or may be served though it is stale.
     */
    public CoalescingCacheBuilder<K, V> nearTtl(Duration time) {
        nearTtl = Settings.positive("nearTtl", time);
        return this;
    }

    /**
     * How long what was loaded is fresh at the most while the shared tier cannot be relied on, so that invalidations elsewhere are
     * not heard of. Default: 5 seconds.
     */
    public CoalescingCacheBuilder<K, V> degradedTtl(Duration time) {
        degradedTtl = Settings.positive("degradedTtl", time);
        return this;
    }

    // Flights: see GroupBuilder

    /** How long one caller waits for a load: see {@link GroupBuilder#callerTimeout}. */
    public CoalescingCacheBuilder<K, V> callerTimeout(Duration timeout) {
        group.callerTimeout(timeout);
        callerTimeout = timeout;
        return this;
    }

    /** How long one load may run: see {@link GroupBuilder#loadTimeout}. */
    public CoalescingCacheBuilder<K, V> loadTimeout(Duration timeout) {
        group.loadTimeout(timeout);
        loadTimeout = timeout;
        return this;
    }

    /**
     * Where loads run: see {@link GroupBuilder#executor}. Loads in the background run there too; without one, on the
     * threads {@code supplyAsync} of a group uses.
     */
    public CoalescingCacheBuilder<K, V> executor(Executor newExecutor) {
        group.executor(newExecutor);
        hasExecutor = true;
        return this;
    }

    /** Whether a load is cancelled when its last caller has left: see {@link GroupBuilder#cancelWhenAbandoned}. */
    public CoalescingCacheBuilder<K, V> cancelWhenAbandoned(boolean cancel) {
        group.cancelWhenAbandoned(cancel);
        return this;
    }

    /** How many flights may be in progress at once: see {@link GroupBuilder#maxFlights}. */
    public CoalescingCacheBuilder<K, V> maxFlights(int most) {
        group.maxFlights(most);
        return this;
    }

    /** How many callers may wait for one load: see {@link GroupBuilder#maxCallersPerFlight}. */
    public CoalescingCacheBuilder<K, V> maxCallersPerFlight(int most) {
        group.maxCallersPerFlight(most);
        return this;
    }

    /** After which time a load is reported as stuck: see {@link GroupBuilder#stuckAfter}. */
    public CoalescingCacheBuilder<K, V> stuckAfter(Duration time) {
        group.stuckAfter(time);
        return this;
    }

    /** Whether a stuck load is also forgotten: see {@link GroupBuilder#forgetStuck}. */
    public CoalescingCacheBuilder<K, V> forgetStuck(boolean forget) {
        group.forgetStuck(forget);
        return this;
    }

    /**
     * How many loads may run at the same time, a bulk call being one. One more fails with {@link
     * io.skein.LoadRejectedException}, like any load that fails: so a stale value is served if there is one. A load that
     * was given up but is deaf to that goes on to count. Default: any number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public CoalescingCacheBuilder<K, V> maxLoads(int most) {
        if (most <= 0) {
            throw new IllegalArgumentException("maxLoads must be positive, was " + most);
        }
        maxLoads = most;
        return this;
    }

    // Others

    /** Makes the copies of values that are stored by {@code put}, and given to callers (C13). Default: none are made. */
    public CoalescingCacheBuilder<K, V> copier(UnaryOperator<V> newCopier) {
        copier = requireNonNull(newCopier, "copier");
        return this;
    }

    /**
     * What keys and values must be, to be checked at every call and load: for caches that are shared by code which uses
     * raw types. What is something else fails with a {@link ClassCastException} where it comes in, and is not stored.
     * Default: not checked.
     */
    public CoalescingCacheBuilder<K, V> types(Class<? super K> keys, Class<? super V> values) {
        keyType = requireNonNull(keys, "keys");
        valueType = requireNonNull(values, "values");
        return this;
    }

    /** Adds one that is told what happens to the entries and flights; once, if it is added twice. */
    public CoalescingCacheBuilder<K, V> listener(CacheListener listener) {
        requireNonNull(listener, "listener");
        if (listeners.stream().noneMatch(known -> known == listener)) {
            listeners.add(listener);
        }
        group.listener(listener);
        return this;
    }

    /** Adds one that is told what happens to the flights. */
    public CoalescingCacheBuilder<K, V> listener(FlightListener listener) {
        group.listener(listener);
        return this;
    }

    /**
     * The clock for all times of this cache. Default: the system's, read to a few milliseconds where a closer look is
     * not worth its price, as when a value is found to be fresh.
     */
    public CoalescingCacheBuilder<K, V> ticker(Ticker newTicker) {
        group.ticker(newTicker);
        ticker = newTicker;
        return this;
    }

    /**
     * What wakes the cache when a time is up: that of callers and loads, and, with one given here, that of entries,
     * which are otherwise removed while others are stored. Default: the JVM's own, for callers and loads.
     */
    public CoalescingCacheBuilder<K, V> scheduler(Scheduler newScheduler) {
        group.scheduler(newScheduler);
        scheduler = newScheduler;
        return this;
    }

    // Building

    /**
     * The cache.
     *
     * @throws IllegalArgumentException if settings contradict each other
     * @throws IllegalStateException if the journal of {@code writeBehind} is in use, or cannot be read, or its library is missing
     * @throws java.io.UncheckedIOException if it cannot be made
     */
    public CoalescingCache<K, V> build() {
        if (loaders.size() > 1) {
            throw new IllegalArgumentException("only one loader can be set besides a bulkLoader, but were " + loaders);
        }
        if (writers.size() > 1) {
            throw new IllegalArgumentException("only one writer can be set, but were " + writers);
        }
        boolean expires = ttl != null || loaders.contains("contextLoader") || loaders.contains("asyncContextLoader");
        needs(ttlJitter != 0, "ttlJitter", ttlJitter, ttl != null, "ttl");
        needs(refreshAhead != 0, "refreshAhead", refreshAhead, expires, "ttl");
        needs(earlyRefresh != 0, "earlyRefresh", earlyRefresh, expires, "ttl");
        needs(staleWhileRevalidate != null, "staleWhileRevalidate", staleWhileRevalidate, expires, "ttl");
        needs(staleIfError != null, "staleIfError", staleIfError, expires, "ttl");
        needs(softTimeout != null, "softTimeout", softTimeout, staleIfError != null, "staleIfError");
        boolean refreshes =
                staleIfError != null || staleWhileRevalidate != null || refreshAhead != 0 || earlyRefresh != 0;
        needs(
                retryAfterError != null,
                "retryAfterError",
                retryAfterError,
                refreshes,
                "staleIfError, staleWhileRevalidate, refreshAhead or earlyRefresh");
        needs(weigher != null, "weigher", "given", maximumWeight != Settings.UNLIMITED, "maximumWeight");
        needs(maximumWeight != Settings.UNLIMITED, "maximumWeight", maximumWeight, weigher != null, "weigher");
        if (maximumSize != Settings.UNLIMITED && maximumWeight != Settings.UNLIMITED) {
            throw new IllegalArgumentException("only one of maximumSize and maximumWeight can be set, but were "
                    + maximumSize + " and " + maximumWeight);
        }
        needs(nearTtl != null, "nearTtl", nearTtl, tier != null, "sharedTier");
        needs(degradedTtl != null, "degradedTtl", degradedTtl, tier != null, "sharedTier");
        if (tier != null && buffer != null) {
            throw new IllegalArgumentException(
                    "only one of sharedTier and writeBehind can be set: other JVMs would not see"
                            + " what is waiting to be written");
        }
        if (softTimeout != null && callerTimeout != null && softTimeout.compareTo(callerTimeout) >= 0) {
            throw new IllegalArgumentException("softTimeout must be shorter than callerTimeout, which ends every wait,"
                    + " was " + softTimeout + " with callerTimeout " + callerTimeout);
        }
        return new CoalescingCache<>(
                settings(),
                group,
                source,
                bulk,
                hasExecutor || callerTimeout != null || loadTimeout != null,
                buffer,
                writes,
                tier);
    }

    private Settings<K, V> settings() {
        return new Settings<>(
                name,
                ttl == null ? StoredEntry.FOR_EVER : Settings.nanos(ttl),
                ttlJitter,
                refreshAhead,
                earlyRefresh,
                nanos(staleWhileRevalidate),
                nanos(staleIfError),
                nanos(retryAfterError == null ? DEFAULT_RETRY : retryAfterError),
                nanos(softTimeout),
                nanos(callerTimeout),
                nanos(loadTimeout),
                nanos(negativeTtl),
                nanos(errorTtl),
                errorsToRemember,
                nanos(nearTtl),
                nanos(degradedTtl == null ? DEFAULT_DEGRADED_TTL : degradedTtl),
                Math.min(maximumSize, maximumWeight),
                weigher,
                maxLoads,
                copier,
                keyType,
                valueType,
                hasExecutor,
                ticker,
                scheduler,
                listeners.isEmpty() ? null : new Listeners(name, List.copyOf(listeners)));
    }

    private static long nanos(@Nullable Duration time) {
        return time == null ? 0 : Settings.nanos(time);
    }

    private static void needs(boolean isSet, String setting, @Nullable Object value, boolean hasOther, String other) {
        if (isSet && !hasOther) {
            throw new IllegalArgumentException(setting + " needs " + other + ", which is not set; " + setting + " was "
                    + value + ": set " + other + ", or leave out " + setting);
        }
    }

    private static long notNegative(String setting, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(setting + " must not be negative, was " + value);
        }
        return value;
    }
}
