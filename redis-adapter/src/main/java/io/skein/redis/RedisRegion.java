package io.skein.redis;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lettuce.core.ScriptOutputType;
import io.skein.Codec;
import io.skein.tier.TierAnswer;
import io.skein.tier.TierEvents;
import io.skein.tier.TierException;
import io.skein.tier.TierLease;
import io.skein.tier.TierRegion;
import io.skein.tier.TierValue;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one cache has in Redis.
 *
 * <p><b>Epochs.</b> Invalidations of tags and of all are numbered. Each value carries the number of the last one that its load has
 * seen, asked for before the load; it is valid if none of its tags was invalidated at a higher one. These numbers are kept here as
 * long as Redis will tell of their changes. A load that has seen an old one does no harm: it only
 * costs another.
 *
 * <p><b>What was read is known by name</b> until Redis tells that it has changed: it does so once for each that was read.
 */
final class RedisRegion<K, V> implements TierRegion<K, V> {
    private static final System.Logger LOG = System.getLogger(RedisTier.class.getName());

    /** Longer than values are kept by far. */
    private static final long TAGS_KEPT = Duration.ofDays(30).toMillis();

    /** How long a value may be on its way that is stored without a lease. */
    private static final Duration FENCE = Duration.ofMinutes(1);

    /** Redis takes no more. */
    private static final long LONGEST = Duration.ofDays(365L * 100).toMillis();

    /** As many as Redis itself knows of, unless it is told otherwise. */
    private static final int MOST_NAMES = 1_000_000;

    private static final long WARNING_EVERY = 60_000_000_000L;

    private final Link link;
    private final String cache;
    private final Names names;
    private final RedisTierSettings settings;
    private final Supplier<String> tokens;
    private final Function<? super K, String> keys;
    private final String schema;
    private final Codec<V> codec;
    private final TierEvents<? super K> events;
    private final Consumer<RedisRegion<?, ?>> onClose;
    private final Cache<String, K> read; // by name of the value
    private final Cache<String, String> tags; // by name
    private final ConcurrentHashMap<String, CompletableFuture<Long>> epochs = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, RedisLease<K>> held = new ConcurrentHashMap<>(); // by name
    private final LongAdder unreadable = new LongAdder();
    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - WARNING_EVERY);
    private volatile boolean proven;
    private volatile boolean closed;

    /** @param tokens of leases, none of which is the same as another of any JVM */
    RedisRegion(
            Link link,
            String cache,
            RedisTierSettings settings,
            Supplier<String> tokens,
            Function<? super K, String> keys,
            String schema,
            Codec<V> codec,
            TierEvents<? super K> events,
            Consumer<RedisRegion<?, ?>> onClose) {
        this.link = link;
        this.cache = cache;
        this.names = new Names(settings.namespace(), cache);
        this.settings = settings;
        this.tokens = tokens;
        this.keys = keys;
        this.schema = schema;
        this.codec = codec;
        this.events = events;
        this.onClose = onClose;
        this.read = Caffeine.newBuilder()
                .maximumSize(MOST_NAMES)
                .executor(Runnable::run) // until it is told, nobody would know what a push is about
                .<String, K>removalListener((name, key, cause) -> {
                    if (cause.wasEvicted() && key != null) {
                        events.changed(key);
                    }
                })
                .build();
        this.tags = Caffeine.newBuilder()
                .maximumSize(MOST_NAMES)
                .executor(Runnable::run) // until it is told, nobody would know what a push is about
                .<String, String>removalListener((name, tag, cause) -> {
                    if (cause.wasEvicted() && tag != null && name != null) {
                        epochs.remove(name);
                        events.tagInvalidated(tag);
                    }
                })
                .build();
    }

    /**
     * Has the numbers of invalidations made where there are none yet, which is told of as a change: better now than when something
     * has been read.
     */
    void prepare() {
        if (link.isCoherent()) {
            var unused = epochOfAll();
        }
    }

    long unreadable() {
        return unreadable.sum();
    }

    // Told by Redis, on the event loop

    /** A name has been changed; of any region. */
    void changed(String name) {
        if (names.isValueOrLease(name)) {
            if (Names.isLease(name)) {
                leaseChanged(name);
            } else {
                valueChanged(name);
            }
        } else if (names.isTag(name)) {
            epochs.remove(name);
            var tag = tags.asMap().remove(name);
            if (tag != null) {
                events.tagInvalidated(tag);
            }
        } else if (name.equals(names.all())) {
            epochs.remove(name);
            events.allChanged();
        } else if (name.equals(names.epoch())) {
            epochs.remove(name);
        }
    }

    private void valueChanged(String name) {
        var key = read.asMap().remove(name);
        if (key == null) {
            var own = held.get(Names.leaseOf(name));
            key = own == null ? null : own.key();
        }
        if (key != null) {
            events.changed(key);
        }
    }

    /**
     * Of a lease of this cache's own it is to be found out whether it has been taken away, or renewed. One that has not been won
     * yet is looked at by who wins it.
     */
    private void leaseChanged(String name) {
        var own = held.get(name);
        var key = own == null ? read.getIfPresent(Names.valueOf(name)) : own.key();
        if (key == null) {
            return;
        }
        events.released(key);
        if (own == null) {
            return;
        }
        var unused = link.run(commands -> commands.get(name)).whenComplete((token, failure) -> {
            boolean isOurs = token != null && own.token().equals(new String(token, StandardCharsets.UTF_8));
            if (!isOurs && held.get(name) == own) {
                events.changed(key);
            }
        });
    }

    /** All may have changed, of all regions. */
    void allChanged() {
        read.asMap().clear();
        epochs.clear();
        tags.asMap().clear();
        events.allChanged();
        prepare();
    }

    // Reading

    private String name(K key) {
        return names.value(requireNonNull(keys.apply(key), "the text of a key is null"));
    }

    /** The name of what is about to be read. */
    private String nameToRead(K key) {
        var name = name(key);
        var other = read.asMap().put(name, key);
        if (other != null
                && other != key
                && !other.equals(key)) { // a function that makes one key of two: one is told of at a time
            events.changed(other);
        }
        return name;
    }

    @Override
    public CompletionStage<TierAnswer<V>> readOrLease(K key) {
        var name = nameToRead(key);
        var epoch = epoch();
        return look(name).thenCompose(look -> {
            if (look.answer != null) {
                return CompletableFuture.completedFuture(look.answer);
            }
            return epoch.thenCompose(
                    since -> look.isThere ? lease(key, name, since, false) : acquire(key, name, since));
        });
    }

    @Override
    public CompletionStage<? extends @Nullable TierAnswer<V>> read(K key) {
        return look(nameToRead(key)).thenApply(look -> look.answer);
    }

    /** @param isThere whether there is something, be it of use or not */
    private record Look<V>(boolean isThere, @Nullable TierAnswer<V> answer) {}

    private CompletableFuture<Look<V>> look(String name) {
        var value = link.run(commands -> commands.get(name));
        var left = link.runAlways(commands -> commands.pttl(name)); // with it, in one round trip
        var look = value.thenCompose(bytes -> left.thenCompose(millis -> looked(bytes, millis)));
        return look.exceptionallyCompose(failure -> Link.isWrongType(failure)
                ? CompletableFuture.completedFuture(new Look<V>(true, null)) // somebody else's, under our name
                : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Look<V>> looked(byte @Nullable [] bytes, long millisLeft) {
        return bytes == null || millisLeft < 0
                ? CompletableFuture.completedFuture(new Look<>(bytes != null && millisLeft == -1, null))
                : judged(bytes, millisLeft).thenApply(answer -> new Look<>(true, answer));
    }

    /** What the bytes say, if they can be understood and are valid; else null. */
    private CompletableFuture<@Nullable TierAnswer<V>> judged(byte[] bytes, long millisLeft) {
        var envelope = Envelope.of(bytes, mostBytes());
        if (envelope == null || !envelope.schema().equals(schema)) {
            unreadable.increment();
            LOG.log(Level.DEBUG, "a value in Redis is not understood, it is as if it were not there");
            return CompletableFuture.completedFuture(null);
        }
        return isValid(envelope).thenApply(valid -> valid ? answer(envelope, millisLeft) : null);
    }

    private long mostBytes() {
        return 64L * settings.maxValueBytes();
    }

    private CompletableFuture<Boolean> isValid(Envelope envelope) {
        var valid = epochOfAll().thenApply(all -> envelope.epoch() >= all);
        for (var tag : envelope.tags()) {
            valid = valid.thenCombine(epochOfTag(tag), (before, of) -> before && envelope.epoch() >= of);
        }
        return valid;
    }

    private TierAnswer<V> answer(Envelope envelope, long millisLeft) {
        var left = Duration.ofMillis(Math.max(0, millisLeft));
        boolean mayBeKept = link.isCoherent();
        if (envelope.kind() == Envelope.Kind.UNSHARED) {
            return new TierAnswer.Unshared<>(left, mayBeKept);
        }
        var ttl = Duration.ofMillis(Math.min(LONGEST, envelope.ttlMillis()));
        var stale = Duration.ofMillis(Math.min(LONGEST, envelope.staleMillis()));
        var age = ttl.plus(stale).minus(left);
        return new TierAnswer.Found<>(
                () -> content(envelope, ttl, stale),
                age.isNegative() ? Duration.ZERO : age,
                envelope.version(),
                mayBeKept);
    }

    /** On a thread of the cache's. */
    private TierValue<V> content(Envelope envelope, Duration ttl, Duration stale) {
        try {
            var value = envelope.kind() == Envelope.Kind.NOTHING ? null : codec.decode(envelope.payload());
            return new TierValue<>(
                    value,
                    ttl,
                    stale,
                    Set.copyOf(envelope.tags()),
                    envelope.etag(),
                    Duration.ofNanos(envelope.loadNanos()));
        } catch (RuntimeException | StackOverflowError e) {
            unreadable.increment();
            warn("a value in Redis cannot be read, it is loaded anew", e);
            throw new TierException(
                    "a value in Redis cannot be read: " + e.getClass().getName(), null); // it may tell the value
        }
    }

    // Epochs

    /** The number of the last invalidation. */
    private CompletableFuture<Long> epoch() {
        return epoch(
                names.epoch(),
                () -> Script.EPOCH.<byte[]>run(link, ScriptOutputType.VALUE, new String[] {names.epoch()}));
    }

    private CompletableFuture<Long> epochOfAll() {
        return epochOf(names.all(), 0);
    }

    private CompletableFuture<Long> epochOfTag(String tag) {
        var name = names.tag(tag);
        tags.put(name, tag);
        return epochOf(name, TAGS_KEPT);
    }

    private CompletableFuture<Long> epochOf(String name, long kept) {
        return epoch(
                name,
                () -> epoch().thenCompose(now -> Script.EPOCH_OF_TAG.<byte[]>run(
                        link, ScriptOutputType.VALUE, new String[] {names.epoch(), name}, text(now), text(kept))));
    }

    private CompletableFuture<Long> epoch(String name, Supplier<CompletableFuture<byte[]>> ask) {
        var known = epochs.get(name);
        if (known != null) {
            return known;
        }
        var asked = new CompletableFuture<Long>();
        var other = epochs.putIfAbsent(name, asked); // before it is asked for: a change from now on removes it
        if (other != null) {
            return other;
        }
        var unused = ask.get().whenComplete((text, failure) -> {
            try {
                if (failure != null) {
                    throw failure;
                }
                asked.complete(Long.parseLong(new String(text, StandardCharsets.US_ASCII)));
            } catch (Throwable e) { // out of reach; or somebody has written something else there
                epochs.remove(name, asked);
                asked.completeExceptionally(e);
            }
            if (!link.isCoherent()) {
                epochs.remove(name, asked);
            }
        });
        return asked;
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // Leases

    private RedisLease<K> newLease(K key, String name, long epoch) {
        var lease = new RedisLease<>(key, name, tokens.get(), settings.lease(), epoch, false);
        held.put(lease.name(), lease);
        var unused = epochOfAll(); // so that it is told of while the load runs
        return lease;
    }

    private CompletableFuture<TierAnswer<V>> acquire(K key, String name, long epoch) {
        var lease = newLease(key, name, epoch);
        return Script.ACQUIRE
                .<List<Object>>run(
                        link,
                        ScriptOutputType.MULTI,
                        new String[] {name, lease.name()},
                        text(lease.token()),
                        text(lease.length().toMillis()))
                .thenCompose(reply -> {
                    if (is("V", reply)) {
                        held.remove(lease.name(), lease);
                        return judged((byte[]) reply.get(1), (Long) reply.get(2))
                                .thenCompose(answer -> answer == null
                                        ? lease(key, name, epoch, false)
                                        : CompletableFuture.completedFuture(answer));
                    }
                    return CompletableFuture.completedFuture(leased(reply, lease));
                })
                .whenComplete((answer, failure) -> forgetUnless(answer, failure, lease));
    }

    private CompletableFuture<TierAnswer<V>> lease(K key, String name, long epoch, boolean force) {
        var lease = newLease(key, name, epoch);
        return Script.LEASE
                .<List<Object>>run(
                        link,
                        ScriptOutputType.MULTI,
                        force ? new String[] {lease.name(), Names.fenceOf(name)} : new String[] {lease.name()},
                        text(lease.token()),
                        text(lease.length().toMillis()),
                        text(force ? 1 : 0))
                .thenApply(reply -> leased(reply, lease))
                .whenComplete((answer, failure) -> forgetUnless(answer, failure, lease));
    }

    /** Whether it was got is not known if there was no answer: then it is given up, by a command that comes after. */
    private void forgetUnless(@Nullable TierAnswer<V> answer, @Nullable Throwable failure, RedisLease<K> lease) {
        if (failure != null) {
            var unused = abort(lease);
        } else if (!(answer instanceof TierAnswer.Leased)) {
            held.remove(lease.name(), lease);
        }
    }

    private TierAnswer<V> leased(List<Object> reply, RedisLease<K> lease) {
        if (is("L", reply)) {
            return new TierAnswer.Leased<>(lease);
        }
        var holder = new String((byte[]) reply.get(1), StandardCharsets.UTF_8);
        return new TierAnswer.Busy<>(holder, Duration.ofMillis(Math.max(1, (Long) reply.get(2))));
    }

    private static boolean is(String what, List<Object> reply) {
        return what.equals(new String((byte[]) reply.get(0), StandardCharsets.US_ASCII));
    }

    @Override
    public CompletionStage<TierAnswer<V>> lease(K key, boolean force) {
        var name = nameToRead(key);
        return epoch().thenCompose(since -> lease(key, name, since, force));
    }

    @Override
    public CompletionStage<TierLease> fence(K key) {
        var name = name(key);
        return epoch().thenCombine(epochOfAll(), (since, all) -> since) // all is told of from now on
                .thenCompose(since -> Script.FENCE
                        .<byte[]>run(
                                link,
                                ScriptOutputType.VALUE,
                                new String[] {Names.fenceOf(name)},
                                text(tokens.get()),
                                text(FENCE.toMillis()))
                        .thenApply(token -> new RedisLease<>(
                                key, name, new String(token, StandardCharsets.UTF_8), FENCE, since, true)));
    }

    @SuppressWarnings("unchecked") // it has been given no others
    private RedisLease<K> own(TierLease lease) {
        return (RedisLease<K>) lease;
    }

    @Override
    public CompletionStage<Boolean> renew(TierLease lease) {
        var own = own(lease);
        return Script.RENEW
                .<Long>run(
                        link,
                        ScriptOutputType.INTEGER,
                        new String[] {own.name()},
                        text(own.token()),
                        text(own.length().toMillis()))
                .thenApply(done -> {
                    if (done != 1) {
                        held.remove(own.name(), own);
                    }
                    return done == 1;
                });
    }

    @Override
    public CompletionStage<Boolean> publish(TierLease lease, @Nullable TierValue<V> value) {
        var own = own(lease);
        held.remove(own.name(), own);
        var names = new String[] {own.value(), own.name()};
        if (value == null || value.tags().size() > Envelope.MOST_TAGS) { // nobody could be told of so many
            var done = own.isFence()
                    ? Script.SETTLE.<Long>run(
                            link, ScriptOutputType.INTEGER, names, text(own.token()), new byte[0], text(0))
                    : Script.RETRACT.<Long>run(link, ScriptOutputType.INTEGER, names, text(own.token()));
            return done.thenApply(removed -> removed == 1);
        }
        // Of the values that are stored under one fence, each has a version of its own.
        var bytes = bytes(value, own.isFence() ? tokens.get() : own.token(), own.epoch());
        var script = own.isFence() ? Script.SETTLE : Script.FINISH;
        var done = script.<Long>run(link, ScriptOutputType.INTEGER, names, text(own.token()), bytes, text(kept(value)));
        for (var tag : value.tags()) {
            // Only now it is known that the load has this tag. Who joins it from here on need not be content with it.
            var of = epochOfTag(tag).handle((epoch, failure) -> {
                if (failure == null && epoch > own.epoch()) {
                    events.tagInvalidated(tag);
                }
                return 1L;
            });
            done = done.thenCombine(of, (stored, seen) -> stored);
        }
        return done.thenApply(stored -> stored == 1);
    }

    @Override
    public CompletionStage<Void> abort(TierLease lease) {
        var own = own(lease);
        held.remove(own.name(), own);
        return nothing(
                Script.ABORT.<Long>run(link, ScriptOutputType.INTEGER, new String[] {own.name()}, text(own.token())));
    }

    private static long kept(TierValue<?> value) {
        return Math.max(1, Math.min(LONGEST, millis(value.ttl()) + millis(value.staleFor())));
    }

    private static long millis(Duration time) {
        return time.compareTo(Duration.ofMillis(LONGEST)) > 0 ? LONGEST : time.toMillis();
    }

    /** What cannot be written down, or is too long, is known to be so. */
    private byte[] bytes(TierValue<V> value, String version, long epoch) {
        try {
            var payload = value.value() == null ? new byte[0] : codec.encode(value.value());
            prove(value, payload);
            if (payload.length <= mostBytes()) {
                var kind = value.value() == null ? Envelope.Kind.NOTHING : Envelope.Kind.VALUE;
                var bytes = envelope(value, kind, version, epoch, value.etag(), List.copyOf(value.tags()))
                        .with(payload, settings.compressAbove())
                        .bytes();
                if (bytes.length <= settings.maxValueBytes()) {
                    return bytes;
                }
            }
            LOG.log(Level.DEBUG, "a value of {0} is longer than maxValueBytes: it is not shared", cache);
        } catch (RuntimeException | StackOverflowError e) {
            warn("a value cannot be written, or not be read again, so it is not shared, and each JVM loads it", e);
        }
        return envelope(value, Envelope.Kind.UNSHARED, version, epoch, Optional.empty(), List.copyOf(value.tags()))
                .bytes();
    }

    /** Whether what is written can be read, too: found out until it has been so once. */
    private void prove(TierValue<V> value, byte[] payload) {
        if (!proven && value.value() != null) {
            requireNonNull(codec.decode(payload), "the codec decoded null");
            proven = true;
        }
    }

    /** Once a minute. What has been thrown may tell the value, so only its kind is told. */
    private void warn(String what, Throwable failure) {
        long now = System.nanoTime();
        long last = lastWarning.get();
        boolean loud = now - last >= WARNING_EVERY && lastWarning.compareAndSet(last, now);
        var kinds = new StringBuilder(failure.getClass().getName());
        int depth = 0;
        for (var cause = failure.getCause(); cause != null && depth < 3; cause = cause.getCause(), depth++) {
            kinds.append(", caused by ").append(cause.getClass().getName());
        }
        LOG.log(
                loud ? Level.WARNING : Level.DEBUG,
                "cache \"" + cache + "\": " + what + ", said once a minute: " + schema + ": " + kinds);
    }

    private Envelope envelope(
            TierValue<V> value,
            Envelope.Kind kind,
            String version,
            long epoch,
            Optional<String> etag,
            List<String> ofTags) {
        return new Envelope(
                kind,
                schema,
                version,
                epoch,
                millis(value.ttl()),
                millis(value.staleFor()),
                value.loadTime().toNanos(),
                etag,
                ofTags,
                new byte[0],
                -1);
    }

    // Changing

    @SuppressWarnings("NullAway") // a stage of nothing
    private static CompletionStage<Void> nothing(CompletionStage<?> stage) {
        return stage.thenApply(done -> null);
    }

    /** By a lease that is taken from whoever has it: so if it comes too late, it is fenced as a load is. */
    @Override
    public CompletionStage<Void> put(K key, TierValue<V> value) {
        var name = name(key);
        return epoch().thenCompose(since -> lease(key, name, since, true)).thenCompose(answer -> {
            var lease = ((TierAnswer.Leased<V>) answer).lease();
            // If it was overtaken, or was on its way for longer than a lease, nothing is better than what was there
            // before.
            return publish(lease, value)
                    .thenCompose(stored -> stored ? CompletableFuture.<Void>completedFuture(null) : invalidate(key));
        });
    }

    @Override
    public CompletionStage<Void> invalidate(K key) {
        var name = name(key);
        return delete(Names.fenceOf(name), Names.leaseOf(name), name);
    }

    /** In one step; or, while their slot is on its way to another node, in this order. */
    private CompletionStage<Void> delete(String... all) {
        var done = link.<Long>runAlways(commands -> commands.del(all));
        return nothing(done.exceptionallyCompose(failure -> {
            if (!Link.isToTryAgain(failure)) {
                return CompletableFuture.failedFuture(failure);
            }
            var each = Stream.of(all)
                    .map(name -> link.<Long>runAlways(commands -> commands.del(name)))
                    .toList();
            return CompletableFuture.allOf(each.toArray(new CompletableFuture<?>[0]))
                    .thenApply(deleted -> 0L);
        }));
    }

    @Override
    public CompletionStage<Void> revoke(K key) {
        var name = name(key);
        return delete(Names.fenceOf(name), Names.leaseOf(name));
    }

    @Override
    public CompletionStage<Void> invalidateTag(String tag) {
        return invalidateNamed(names.tag(tag), TAGS_KEPT);
    }

    @Override
    public CompletionStage<Void> invalidateAll() {
        return invalidateNamed(names.all(), 0);
    }

    private CompletionStage<Void> invalidateNamed(String name, long kept) {
        return nothing(Script.INVALIDATE
                .<byte[]>run(link, ScriptOutputType.VALUE, new String[] {names.epoch(), name}, text(kept))
                .whenComplete((done, failure) -> {
                    epochs.remove(names.epoch());
                    epochs.remove(name);
                }));
    }

    @Override
    public boolean isCoherent() {
        return !closed && link.isCoherent();
    }

    @Override
    public Duration longestWait() {
        return settings.longestWait();
    }

    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
        read.asMap().clear();
        held.clear();
    }
}
