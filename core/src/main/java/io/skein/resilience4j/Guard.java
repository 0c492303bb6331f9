package io.skein.resilience4j;

import static java.util.Objects.requireNonNull;

import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Flight;
import io.skein.Loader;
import io.skein.cache.ContextLoader;
import io.skein.cache.Loaded;
import io.skein.internal.LeaderContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Protects a slow source with Resilience4j's circuit breaker, retry, bulkhead, rate limiter and time limiter (C11): it
 * turns a loader into another one, to be given to a {@link io.skein.Group} or a cache in place of it.
 *
 * <pre>{@code
 * Guard guard = Guard.builder().circuitBreaker(breakers, "db").retry(retries, "db").build();
 * CoalescingCache<Long, Product> products = CoalescingCache.<Long, Product>builder("products")
 *     .ttl(Duration.ofSeconds(30)).staleIfError(Duration.ofMinutes(10))
 *     .loader(guard.loader(dao::find))
 *     .build();
 * }</pre>
 *
 * <p><b>Around the load, not around the callers.</b> Callers share a flight, so a hundred of them who ask for one key
 * take one permit. Each <em>attempt</em> takes its own: with a retry of three attempts a load may take three.
 *
 * <p><b>Order.</b> From the outside in: Retry ( CircuitBreaker ( RateLimiter ( TimeLimiter ( Bulkhead ( loader ) ) ) ) ),
 * as with Resilience4j's annotations. So the breaker records every attempt, and what the three inside it refuse is a
 * failure to it, unless its {@code ignoreExceptions} say otherwise; and the time limit covers the wait for the bulkhead,
 * but not that for the rate limiter. For another order put one guard around another: {@code
 * breakerGuard.loader(retryGuard.loader(dao::find))} has the breaker record what is left after all retries.
 *
 * <p><b>Outcomes.</b> An open breaker ({@code CallNotPermittedException}), a refused permit ({@code RequestNotPermitted},
 * {@code BulkheadFullException}) and a time that is over ({@link java.util.concurrent.TimeoutException}) are failed
 * loads like any other: a cache serves a stale value if it may, and else that very exception reaches all callers. So
 * does what the loader throws, checked exceptions and errors included (G5). An {@code Error} is recorded by the breaker,
 * and not retried. If one of the predicates given to Resilience4j throws for a failure, the callers get that failure,
 * and the log tells of the other; if it throws for a result, the load fails with what it threw.
 *
 * <p><b>Results</b> are shown to {@code retryOnResult}, {@code recordResult} and the like as the loader returned them:
 * that of a {@link ContextLoader} as the {@link Loaded}, that of a bulk loader as the map. They may be null.
 *
 * <p><b>Cancellation.</b> A load that is cancelled (G8, G9), or interrupted with its leader (G7), ends in every layer:
 * waits are over, no attempt follows, permits are given back, and the source is cancelled as it would be without a
 * guard. It is not recorded by the breaker, since it says nothing of the source: for loads that are too slow to count as
 * failures, set a time limiter shorter than {@code loadTimeout}. A blocking loader that is deaf to its interrupt keeps
 * its permit of the bulkhead until it ends. The permits of a rate limiter are not given back; it has no way to.
 *
 * <p><b>Threads.</b> A blocking load stays on its thread (G10), and sleeps there between two attempts; with a time limiter
 * it runs on the {@linkplain GuardBuilder#executor executor}, with the context of its leader. An asynchronous load waits
 * without a thread, for its next attempt as for its rate limiter, and goes on on the executor, with that context too.
 * Only the wait for a bulkhead that has a {@code maxWaitDuration} takes one of its threads.
 *
 * <p><b>The time limiter</b> interrupts the attempt, or cancels the stage of an asynchronous one, if its {@code
 * cancelRunningFuture} is true, which is its default; else the attempt goes on, and keeps its permit of the bulkhead,
 * and its outcome is lost.
 *
 * <p>Immutable, thread-safe, and good for any number of caches and loaders.
 */
public final class Guard {
    private final List<Layer> layers; // the innermost first
    private final boolean leavesThread;
    private final Executor executor;

    Guard(List<Layer> layers, boolean leavesThread, Executor executor) {
        this.layers = List.copyOf(layers);
        this.leavesThread = leavesThread;
        this.executor = executor;
    }

    /** A builder of guards. */
    public static GuardBuilder builder() {
        return new GuardBuilder();
    }

    /**
     * A blocking loader under guard. It passes the flight on, so the loader may be a {@link io.skein.FlightLoader}.
     *
     * @throws NullPointerException if the loader is null
     */
    public <K, V extends @Nullable Object> Loader<K, V> loader(Loader<K, V> loader) {
        return new GuardedLoader<>(this, requireNonNull(loader, "loader"));
    }

    /**
     * An asynchronous loader under guard. It passes the flight on, and never blocks, whatever the loader is guarded by.
     * To a stage the loader returned nothing is done but to cancel it: when the load is cancelled, or its time is over
     * and the time limiter cancels what is running.
     *
     * <p>Its rate limiter must be able to {@linkplain
     * io.github.resilience4j.ratelimiter.RateLimiter#reservePermission() reserve} permissions, as all are that {@code
     * RateLimiter.of} makes.
     *
     * @throws NullPointerException if the loader is null
     */
    public <K, V extends @Nullable Object> AsyncLoader<K, V> asyncLoader(AsyncLoader<K, V> loader) {
        return new GuardedAsyncLoader<>(this, requireNonNull(loader, "loader"));
    }

    /**
     * A bulk loader under guard. One call takes one permit, however many keys it is for, and is retried as a whole.
     *
     * @throws NullPointerException if the loader is null
     */
    public <K, V> BulkLoader<K, V> bulkLoader(BulkLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return keys -> this.<Map<K, ? extends @Nullable V>>call(() -> loader.loadAll(keys), () -> false, null);
    }

    /**
     * A blocking loader that knows what is stored, under guard. All attempts of a load see the same context.
     *
     * @throws NullPointerException if the loader is null
     */
    public <K, V> ContextLoader<K, V> contextLoader(ContextLoader<K, V> loader) {
        requireNonNull(loader, "loader");
        return (key, context) ->
                this.<@Nullable Loaded<V>>call(() -> loader.load(key, context), context::isCancelled, null);
    }

    // For the guarded loaders

    <T extends @Nullable Object> T call(Callable<T> load, BooleanSupplier cancelled, @Nullable Flight<?, ?> flight)
            throws Exception {
        var run = new LoadRun(executor, leavesThread ? LeaderContext.capture() : null, cancelled, flight);
        var call = load;
        for (var layer : layers) {
            call = layer.blocking(call, run);
        }
        return call.call();
    }

    <T extends @Nullable Object> Promise<T> start(AsyncCall<T> load, BooleanSupplier cancelled) throws Exception {
        var run = new LoadRun(executor, LeaderContext.capture(), cancelled, null);
        var call = load;
        for (var layer : layers) {
            call = layer.async(call, run);
        }
        return call.start();
    }

    @Override
    public String toString() {
        var text = "loader";
        for (var layer : layers) {
            text = layer + " ( " + text + " )";
        }
        return "Guard: " + text;
    }
}
