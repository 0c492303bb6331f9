package io.skein;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.event.FlightListener;
import io.skein.internal.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the settings of a {@link Group}. A bad value fails at once, a contradiction in {@link #build}. Not
 * thread-safe; the group is.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class GroupBuilder<K, V extends @Nullable Object> {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final String name;
    private final List<FlightListener> listeners = new ArrayList<>();
    private long callerTimeout;
    private long loadTimeout;
    private @Nullable Executor executor;
    private boolean cancelWhenAbandoned = true;
    private int maxFlights = GroupSettings.UNLIMITED;
    private int maxCallersPerFlight = Flight.MOST_CALLERS;
    private long stuckAfter;
    private boolean forgetStuck;
    private Ticker ticker = Ticker.systemTicker();
    private Scheduler scheduler = Scheduler.systemScheduler();

    GroupBuilder(String name) {
        if (requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("name must not be blank, was " + Text.quote(name));
        }
        this.name = name;
    }

    /**
     * How long one caller waits, counted from its own arrival; then it fails with {@link CallerTimeoutException}, and
     * nobody else (G9). Blocking loads run on the executor with this set. Default: as long as it takes.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public GroupBuilder<K, V> callerTimeout(Duration timeout) {
        callerTimeout = positive("callerTimeout", timeout);
        return this;
    }

    /**
     * How long one load may run; then its callers fail with {@link LoadTimeoutException}, the load is cancelled, and
     * the key is free (G9). Blocking loads run on the executor with this set. Default: as long as it takes.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public GroupBuilder<K, V> loadTimeout(Duration timeout) {
        loadTimeout = positive("loadTimeout", timeout);
        return this;
    }

    /**
     * Where loads run (G10). Default: blocking loads on their leader's thread; where a timeout forbids that, and for
     * {@link Group#supplyAsync}, on virtual threads where the JVM has them (21 and newer), else on a pool of daemon
     * threads that grows as needed.
     *
     * <p>Loads that compute rather than wait are better off on an executor of platform threads. A bounded one must have
     * a thread to spare for each load that waits for another load on it. One that runs tasks on the thread that brings
     * them ({@code Runnable::run}, a pool with a caller-runs policy) takes the timeouts and G7 away from that caller,
     * whose thread cannot abandon its own call.
     */
    public GroupBuilder<K, V> executor(Executor newExecutor) {
        executor = requireNonNull(newExecutor, "executor");
        return this;
    }

    /**
     * Whether a load is cancelled when its last caller has left (G8). If not, it goes on, and can be joined. Default:
     * true.
     */
    public GroupBuilder<K, V> cancelWhenAbandoned(boolean cancel) {
        cancelWhenAbandoned = cancel;
        return this;
    }

    /**
     * How many flights may be in progress at once; a caller that would start one more fails with {@link
     * LoadRejectedException} (G13). Default: any number.
     *
     * @throws IllegalArgumentException if the number is not positive
     */
    public GroupBuilder<K, V> maxFlights(int most) {
        maxFlights = positive("maxFlights", most);
        return this;
    }

    /**
     * How many callers may be aboard one flight, and how many of {@code loadFresh} may wait for it to end; one more
     * fails with {@link LoadRejectedException} (G13). Default: any number.
     *
     * @throws IllegalArgumentException if the number is not positive
     */
    public GroupBuilder<K, V> maxCallersPerFlight(int most) {
        maxCallersPerFlight = Math.min(positive("maxCallersPerFlight", most), Flight.MOST_CALLERS);
        return this;
    }

    /**
     * After which time a load is reported as stuck, once, to the listeners and in the log, with the stack of its thread
     * (G14). Default: never.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public GroupBuilder<K, V> stuckAfter(Duration time) {
        stuckAfter = positive("stuckAfter", time);
        return this;
    }

    /**
     * Whether a stuck flight is also forgotten, so that newcomers get a healthy load (G14). Needs {@link #stuckAfter}.
     * Default: no.
     */
    public GroupBuilder<K, V> forgetStuck(boolean forget) {
        forgetStuck = forget;
        return this;
    }

    /** Adds one that is told what happens to the flights; once, if it is added twice. */
    public GroupBuilder<K, V> listener(FlightListener listener) {
        requireNonNull(listener, "listener");
        if (listeners.stream().noneMatch(known -> known == listener)) {
            listeners.add(listener);
        }
        return this;
    }

    /**
     * The clock for all times of this group. Default: the system's. With another one, times are looked at every few
     * milliseconds while flights are in progress, since nobody tells when it moves; give a scheduler as well if one
     * does.
     */
    public GroupBuilder<K, V> ticker(Ticker newTicker) {
        ticker = requireNonNull(newTicker, "ticker");
        return this;
    }

    /** What wakes the group when the time of a load or of an asynchronous caller is up. Default: the JVM's own. */
    public GroupBuilder<K, V> scheduler(Scheduler newScheduler) {
        scheduler = requireNonNull(newScheduler, "scheduler");
        return this;
    }

    /**
     * The group.
     *
     * @throws IllegalArgumentException if settings contradict each other
     */
    public Group<K, V> build() {
        if (forgetStuck && stuckAfter == 0) {
            throw new IllegalArgumentException(
                    "forgetStuck is true, but stuckAfter is not set: set it, or leave out forgetStuck");
        }
        if (stuckAfter != 0 && loadTimeout != 0 && stuckAfter >= loadTimeout) {
            throw new IllegalArgumentException(
                    "stuckAfter must be shorter than loadTimeout, which ends every load, was "
                            + Duration.ofNanos(stuckAfter) + " with loadTimeout " + Duration.ofNanos(loadTimeout));
        }
        return new Group<>(new GroupSettings(
                name,
                callerTimeout,
                loadTimeout,
                executor,
                cancelWhenAbandoned,
                maxFlights,
                maxCallersPerFlight,
                stuckAfter,
                forgetStuck,
                listeners.isEmpty() ? null : new Listeners(List.copyOf(listeners)),
                ticker,
                scheduler));
    }

    /** A caller's own timeout in nanoseconds; 0 if it is longer than anybody can wait. */
    static long timeout(Duration value) {
        long nanos = positive("timeout", value);
        return nanos == LONGEST.toNanos() ? 0 : nanos;
    }

    private static long positive(String setting, Duration value) {
        requireNonNull(value, setting);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : value.toNanos();
    }

    private static int positive(String setting, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }
}
