package io.skein.redis;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoopGroup;
import io.skein.tier.TierException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The connection with one Redis, and what is known of it.
 *
 * <pre>
 *   AWAY ──connected──▶ ARMING ──tracking is on, caches are told──▶ COHERENT
 *    ▲                     └── failed ──┐                              │
 *    └──────────────────────────────────┴──── disconnected, no answer to a PING, breaker open
 * </pre>
 *
 * <p>A connection that is lost is not mended, as Lettuce would, which sends again what had not been answered: another is made. So
 * what fails is not done later, or at least not because of this class, and an answer that comes has come by the connection that
 * the question was sent by, whose pushes tell of all changes since. Of a cluster that holds for the connections that tell; those that
 * commands are sent by Lettuce mends, so there what comes late is fenced.
 *
 * <p><b>Threads</b>: pushes are handled by an event loop. Everything else happens on one thread of this class.
 */
final class Link implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RedisTier.class.getName());

    /** What Redis says if it takes no writes at all: it is a replica, full, cannot save, or its user may not. */
    private static final List<String> NO_WRITES = List.of(
            "READONLY",
            "LOADING",
            "MASTERDOWN",
            "OOM",
            "MISCONF",
            "NOREPLICAS",
            "NOPERM",
            "CLUSTERDOWN",
            "The user executing the script");

    private static final Duration COLD_FOR = Duration.ofSeconds(10);
    private static final Duration PATIENCE_WHEN_COLD = Duration.ofSeconds(1);
    private static final Duration HELD_FOR = Duration.ofSeconds(5);
    private static final Duration STARVED_AT_MOST = Duration.ofSeconds(5);
    private static final Duration ROUNDS_AT_MOST = Duration.ofSeconds(2);
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** What goes on while somebody else connects is told to this. */
    interface Listener {
        /** A name has been changed, by whomever. */
        void changed(String name);

        /** All may have changed. */
        void allChanged();
    }

    private final Dialer dialer;
    private final RedisTierSettings settings;
    private final Listener listener;
    private final ScheduledThreadPoolExecutor thread;
    private final EventLoopGroup loops; // of all connections
    private final CircuitBreaker breaker;
    private final Semaphore room;
    private final LongAdder pushes = new LongAdder();
    private final LongAdder connects = new LongAdder();

    private volatile @Nullable Wire current;
    private volatile boolean closed;
    private volatile long coldUntil = System.nanoTime();
    private volatile long incoherentSince = System.nanoTime();
    private final LongAdder incoherentNanos = new LongAdder();
    private final CompletableFuture<@Nullable Throwable> firstTry =
            new CompletableFuture<>(); // how it has failed, if it has
    private int failures; // of the thread's, in a row
    private long connectedAt; // of the thread's

    Link(Dialer dialer, RedisTierSettings settings, Listener listener) {
        this.dialer = dialer;
        this.settings = settings;
        this.listener = listener;
        this.loops = dialer.resources().eventLoopGroupProvider().allocate(Transports.eventLoopGroupClass());
        this.room = new Semaphore(settings.maxInFlight());
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            var made = new Thread(null, task, "skein-redis", 0, false);
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true); // most timeouts
        this.breaker = CircuitBreaker.of(
                "skein-redis",
                CircuitBreakerConfig.custom()
                        .slidingWindow(20, 10, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(settings.openTime())
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                later(this::confirm);
            }
        });
    }

    /** Begins to connect. Done when the first try has ended, however it has. */
    CompletableFuture<@Nullable Throwable> start() {
        later(this::connect);
        long period = settings.heartbeat().toNanos();
        var unused = thread.scheduleWithFixedDelay(() -> guarded(this::beat), period, period, TimeUnit.NANOSECONDS);
        return firstTry;
    }

    boolean isCoherent() {
        return current != null;
    }

    CircuitBreaker.State breakerState() {
        return breaker.getState();
    }

    long pushes() {
        return pushes.sum();
    }

    long connects() {
        return connects.sum();
    }

    Duration incoherentTime() {
        long since = incoherentSince;
        return Duration.ofNanos(incoherentNanos.sum() + (current == null ? System.nanoTime() - since : 0));
    }

    static Throwable cause(Throwable failure) {
        var cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    // Commands

    @FunctionalInterface
    interface Command<T> {
        RedisFuture<T> send(RedisClusterAsyncCommands<String, byte[]> commands);
    }

    /** Sends a command. Ends in time, with a {@link TierException} if it was not sent, not answered, or refused. */
    <T> CompletableFuture<T> run(Command<T> command) {
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new TierException("as many commands are under way as maxInFlight allows", null));
        }
        var result = runAlways(command);
        var unused = result.whenComplete((value, failure) -> room.release());
        return result;
    }

    /** The same for one that goes along with another, or has to be sent however much is under way. */
    <T> CompletableFuture<T> runAlways(Command<T> command) {
        var wire = current;
        if (wire == null) {
            return CompletableFuture.failedFuture(new TierException("Redis cannot be reached now", null));
        }
        long start = System.nanoTime();
        CompletableFuture<T> answer;
        try {
            answer = command.send(wire.commands()).toCompletableFuture();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(new TierException("Redis did not take a command", e));
        }
        var result = new CompletableFuture<T>();
        var timer = new Timer(answer);
        var unused = answer.whenComplete((value, failure) -> {
            timer.cancel();
            if (failure == null || failure instanceof RedisCommandExecutionException) {
                wire.answered();
            }
            if (failure == null) {
                count(wire, start, null);
                result.complete(value);
            } else {
                result.completeExceptionally(judged(wire, cause(failure), start));
            }
        });
        return result;
    }

    /**
     * Ends a command that has not been answered in time. If the JVM is busy or paused, it may not have been sent, or the answer not
     * been read: that time does not count, as far as it shows here, up to {@link #STARVED_AT_MOST}.
     */
    private final class Timer implements Runnable {
        private final CompletableFuture<?> answer;
        private final long end = System.nanoTime() + patience() + STARVED_AT_MOST.toNanos();
        private volatile long due;
        private volatile @Nullable Future<?> task;

        Timer(CompletableFuture<?> answer) {
            this.answer = answer;
            begin();
        }

        private void begin() {
            long patience = patience();
            due = System.nanoTime() + patience;
            try {
                task = thread.schedule(() -> guarded(this), patience, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) { // closed: so is the connection, which ends all
                LOG.log(Level.TRACE, "closed", e);
            }
        }

        void cancel() {
            var own = task;
            if (own != null) {
                own.cancel(false);
            }
        }

        @Override
        public void run() {
            if (!answer.isDone()) {
                var unused = rounds().thenRun(this::end);
            }
        }

        private void end() {
            if (answer.isDone()) {
                return;
            }
            long now = System.nanoTime();
            long moment = Math.max(settings.commandTimeout().toNanos() / 4, MOMENT.toNanos());
            if (now - due < moment || now - end >= 0 || closed) {
                answer.completeExceptionally(new TimeoutException());
            } else {
                begin();
            }
        }
    }

    /** At first, when nothing has been compiled yet, there is more patience. */
    private long patience() {
        long usual = settings.commandTimeout().toNanos();
        return System.nanoTime() - coldUntil < 0 ? Math.max(usual, PATIENCE_WHEN_COLD.toNanos()) : usual;
    }

    private void count(Wire wire, long start, @Nullable Throwable failure) {
        if (current != wire) {
            return; // it has been left, and what fails fails for that
        }
        long took = System.nanoTime() - start;
        if (failure == null) {
            breaker.onSuccess(took, TimeUnit.NANOSECONDS);
        } else if (took < 2 * patience()) { // else it is this JVM that had no time
            breaker.onError(took, TimeUnit.NANOSECONDS, failure);
        }
    }

    private Throwable judged(Wire wire, Throwable failure, long start) {
        if (failure instanceof RedisNoScriptException || isWrongType(failure) || isToTryAgain(failure)) {
            count(wire, start, null);
            return failure; // an answer like others
        }
        count(wire, start, failure);
        if (failure instanceof RedisCommandExecutionException) {
            var text = String.valueOf(failure.getMessage()); // of a script's error it is a part
            if (NO_WRITES.stream().anyMatch(text::contains)) {
                later(() -> drop(wire, "it takes no writes now"));
            }
            return new TierException("Redis refuses a command", failure);
        }
        return new TierException(
                failure instanceof TimeoutException
                        ? "Redis did not answer within commandTimeout " + settings.commandTimeout()
                        : "Redis did not answer",
                failure);
    }

    /** Whether there is something of another type under a name of ours. */
    static boolean isWrongType(Throwable failure) {
        var cause = cause(failure);
        return cause instanceof RedisCommandExecutionException
                && String.valueOf(cause.getMessage()).startsWith("WRONGTYPE");
    }

    /** Whether the slot is on its way to another node, and only a part of it is there. */
    static boolean isToTryAgain(Throwable failure) {
        var cause = cause(failure);
        return cause instanceof RedisCommandExecutionException
                && String.valueOf(cause.getMessage()).contains("TRYAGAIN");
    }

    // Connecting, on the thread

    /** False if it will never be, since this is closed. */
    private boolean later(Runnable task) {
        return later(task, 0);
    }

    private boolean later(Runnable task, long nanos) {
        try {
            var unused = thread.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
            return !closed;
        } catch (RejectedExecutionException e) {
            LOG.log(Level.TRACE, "closed", e);
            return false;
        }
    }

    /** What fails once must not keep what comes later from being done. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "looking after the connection with Redis failed", e);
        }
    }

    private void connect() {
        if (closed || current != null) {
            return;
        }
        if (!breaker.tryAcquirePermission()) { // open
            later(this::connect, pause());
            return;
        }
        long start = System.nanoTime();
        var events = new Events();
        CompletableFuture<Wire> made;
        try {
            made = dialer.dial(events);
        } catch (Throwable e) { // no threads, perhaps
            made = CompletableFuture.failedFuture(e);
        }
        var dialed = made;
        var unused = dialed.copy()
                .orTimeout(2 * settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((wire, failure) -> {
                    if (failure instanceof TimeoutException) {
                        closeWhenMade(dialed);
                    }
                    if (!later(() -> connected(wire, failure, start, events)) && wire != null) {
                        wire.close();
                    }
                });
    }

    private static void closeWhenMade(CompletableFuture<Wire> late) {
        var unused = late.thenAccept(Wire::close);
    }

    /** What a wire tells, from before it is current. */
    private final class Events implements Wire.Listener {
        private volatile @Nullable Wire wire;
        private volatile @Nullable String lost;

        @Override
        public void pushed(@Nullable List<?> names) {
            pushes.increment();
            if (names == null) { // all keys are gone, or are not tracked any more
                listener.allChanged();
            } else {
                names.forEach(name -> listener.changed(text(name)));
            }
        }

        @Override
        public void lost(String why) {
            lost = why;
            var own = wire;
            if (own != null) {
                leave(own, why);
            }
        }

        /** It is current now, unless it has been lost by now. */
        void isCurrent(Wire current) {
            wire = current;
            var why = lost;
            if (why != null || !current.isOpen()) {
                leave(current, why == null ? "it was disconnected at once" : why);
            }
        }
    }

    private void connected(@Nullable Wire wire, @Nullable Throwable failure, long start, Events events) {
        if (wire == null) {
            failed(requireNonNull(failure), start);
            return;
        }
        if (closed) {
            wire.close();
            return;
        }
        CompletableFuture<?> probed;
        try {
            probed = probe(wire);
        } catch (Throwable e) {
            probed = CompletableFuture.failedFuture(e);
        }
        var unused = probed.orTimeout(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((ok, e) -> {
                    Runnable next = () -> {
                        if (e != null) {
                            wire.close();
                            failed(cause(e), start);
                        } else {
                            armed(wire, events);
                        }
                    };
                    if (!later(next)) {
                        wire.close();
                    }
                });
    }

    /**
     * Whether each master takes writes: it may be a replica by now, or full, or its user may not. All kinds of commands are sent once,
     * so that the first ones that somebody waits for do not wait for classes to be loaded.
     */
    private CompletableFuture<?> probe(Wire wire) {
        var names = wire.names(settings.namespace() + ":probe");
        return CompletableFuture.allOf(
                names.stream().map(name -> probe(wire.commands(), name)).toArray(CompletableFuture<?>[]::new));
    }

    private static CompletableFuture<?> probe(RedisClusterAsyncCommands<String, byte[]> commands, String name) {
        var epoch = '{' + name + "}:epoch";
        return commands.set(name, new byte[0], SetArgs.Builder.px(1))
                .thenCompose(ok -> commands.get(name))
                .thenCompose(value -> commands.pttl(name))
                .thenCompose(millis -> Script.LEASE.<List<Object>>send(
                        commands,
                        ScriptOutputType.MULTI,
                        new String[] {name},
                        bytes("probe"),
                        bytes("1000"),
                        bytes("0")))
                .thenCompose(lease -> Script.RENEW.<Long>send(
                        commands, ScriptOutputType.INTEGER, new String[] {name}, bytes("probe"), bytes("1000")))
                .thenCompose(renewed -> Script.ABORT.<Long>send(
                        commands, ScriptOutputType.INTEGER, new String[] {name}, bytes("probe")))
                .thenCompose(
                        aborted -> Script.EPOCH.<byte[]>send(commands, ScriptOutputType.VALUE, new String[] {epoch}))
                .thenCompose(number -> commands.del(epoch))
                .thenCompose(gone -> commands.del(name))
                .toCompletableFuture();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What caches have kept so far, they have to drop: from now on they are told of changes, but not of those before. */
    private void armed(Wire wire, Events events) {
        breaker.reset();
        connectedAt = System.nanoTime();
        if (connects.sum() == 0) {
            coldUntil = connectedAt + COLD_FOR.toNanos();
        }
        synchronized (this) {
            if (closed) {
                wire.close();
                return;
            }
            incoherentNanos.add(System.nanoTime() - incoherentSince);
            current = wire;
        }
        connects.increment();
        listener.allChanged();
        firstTry.complete(null);
        LOG.log(Level.INFO, "connected with Redis, near caches are told of changes");
        events.isCurrent(wire);
    }

    private void failed(Throwable failure, long start) {
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
        failures++;
        LOG.log(
                failures == 1 ? Level.WARNING : Level.DEBUG,
                "Redis cannot be reached, it is tried again: " + cause(failure));
        firstTry.complete(failure);
        later(this::connect, pause());
    }

    private long pause() {
        long most = Math.min(LONGEST_PAUSE.toNanos(), 50_000_000L << Math.min(failures, 8));
        return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }

    /** On any thread. From now on nothing is sent by this connection, and nothing that was read by it is served. */
    private void leave(Wire wire, String why) {
        synchronized (this) {
            if (current != wire) {
                return;
            }
            current = null;
            incoherentSince = System.nanoTime();
        }
        if (!later(() -> reconnect(wire))) {
            wire.close();
        }
        LOG.log(Level.WARNING, "Redis is left, since " + why + ": caches load on their own until it is back");
        listener.allChanged();
    }

    /** Soon if it has held for a while, else as after a failure. */
    private void reconnect(Wire old) {
        old.close();
        boolean held = System.nanoTime() - connectedAt > HELD_FOR.toNanos();
        failures = held ? 0 : failures + 1;
        later(this::connect, held ? 0 : pause());
    }

    /** Many commands have failed. If what is asked for now is answered, that was but a moment. */
    private void confirm() {
        var wire = current;
        if (wire == null) {
            return;
        }
        var pong = CompletableFuture.allOf(wire.lines().stream()
                .map(line -> line.ping().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
        var timer = new Timer(pong);
        var unused = pong.whenComplete((answer, failure) -> timer.cancel())
                .thenCompose(answer ->
                        probe(wire).orTimeout(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS))
                .whenComplete((answer, failure) -> later(() -> {
                    if (failure != null) {
                        drop(wire, "too many of its commands fail");
                    } else if (current == wire) {
                        breaker.reset();
                    }
                }));
    }

    private void drop(@Nullable Wire wire, String why) {
        if (wire != null) {
            leave(wire, why);
        }
    }

    // Looking after it

    /** A link may be dead without a word. */
    private void beat() {
        var wire = current;
        if (wire == null) {
            return;
        }
        long asked = System.nanoTime();
        wire.lines().forEach(Line::ping);
        later(() -> check(wire, asked), settings.heartbeatTimeout().toNanos());
    }

    /**
     * Whatever has been heard since is a sign of life, as a PING may wait behind much else. And what Redis has sent may not have been
     * read yet, if the JVM is busy or paused: so first the event loops have to come round twice.
     */
    private void check(Wire wire, long asked) {
        if (current == wire && isSilent(wire, asked)) {
            var unused = rounds().thenRun(() -> {
                if (isSilent(wire, asked)) {
                    later(() -> drop(wire, "it does not answer to a PING"));
                }
            });
        }
    }

    private static boolean isSilent(Wire wire, long since) {
        return wire.lines().stream().anyMatch(line -> line.isSilentSince(since));
    }

    /** Done when each event loop has come round twice; or after a while, since one may be blocked by somebody else. */
    private CompletableFuture<Void> rounds() {
        return round().thenCompose(once -> round())
                .completeOnTimeout(null, ROUNDS_AT_MOST.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Done when each event loop has done what it had to do by now. */
    private CompletableFuture<Void> round() {
        var rounds = new ArrayList<CompletableFuture<Void>>();
        for (var loop : loops) {
            var round = new CompletableFuture<Void>();
            rounds.add(round);
            try {
                loop.execute(() -> round.complete(null));
            } catch (RejectedExecutionException e) { // it has ended
                round.complete(null);
            }
        }
        return CompletableFuture.allOf(rounds.toArray(new CompletableFuture<?>[0]));
    }

    private static String text(@Nullable Object name) {
        return name instanceof ByteBuffer bytes
                ? StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()
                : String.valueOf(name);
    }

    @Override
    public void close() {
        Wire wire;
        synchronized (this) {
            if (closed) {
                return; // the event loops are given back once
            }
            closed = true;
            wire = current;
            current = null;
            incoherentSince = wire == null ? incoherentSince : System.nanoTime();
        }
        thread.shutdown();
        if (wire != null) {
            wire.close();
            listener.allChanged(); // nobody tells them of changes any more
        }
        var unused = dialer.resources().eventLoopGroupProvider().release(loops, 0, 1, TimeUnit.SECONDS);
        dialer.shutdown();
    }
}
