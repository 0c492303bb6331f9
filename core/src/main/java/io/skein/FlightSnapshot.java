package io.skein;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A flight in progress, as {@link Group#flights()} saw it.
 *
 * @param key the key it loads
 * @param age time since its load took off
 * @param callers how many callers are aboard
 * @param leaderThread the thread that runs the load: the leader's own, or the executor's; null where none does, as
 *     between the start and the end of an asynchronous load
 * @param <K> keys
 */
public record FlightSnapshot<K>(
        K key, Duration age, int callers, @Nullable Thread leaderThread) {}
