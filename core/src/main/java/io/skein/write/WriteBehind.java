package io.skein.write;

import static java.util.Objects.requireNonNull;

import io.skein.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a cache writes behind (C10): its {@code write} returns once the value is in the cache and in a buffer, which a thread of
 * Skein's own gives to the {@link CacheWriter} in batches.
 *
 * <pre>{@code
 * CoalescingCache<Long, Profile> profiles = CoalescingCache.<Long, Profile>builder("profiles")
 *         .loader(dao::find)
 *         .writeBehind(writer, WriteBehind.of(1_000, Duration.ofMillis(500)))
 *         .build();
 * }</pre>
 *
 * <p><b>When.</b> All that waits is flushed when {@code maxPending} writes wait or the oldest has waited for {@code maxDelay},
 * whichever is first, on {@code flush()}, and when the cache is closed. One batch is written at a time, so writes of one key
 * reach the source in the order of the calls. A write of a key that has one waiting is merged with it: the later one wins,
 * unless {@link #merge} says otherwise.
 *
 * <p><b>Until then</b> a pending key is answered from the buffer and not by the loader, also when the value in the cache has
 * been evicted, expired or invalidated; by {@code getFresh}, too. What is {@code put} under it stays in the cache until the key is
 * written or read again, and leases of it are refused.
 *
 * <p><b>Failures</b> are tried again, the pauses between the tries growing: {@link #retry}. When the last has failed, each write
 * of the batch is tried on its own, lest one that the source does not take costs the others; what fails then becomes a
 * {@linkplain #deadLetters dead letter}, and the cache forgets its key. Batches wait for the one that is tried again.
 *
 * <p><b>Writes must be idempotent</b>: what a writer has thrown for, and with a {@link #journal} the batch that was being
 * written when the JVM died, is written again. One that adds, as counters do, may so add twice what the source had when the writer
 * threw, or when the JVM died, unless the writer can tell.
 *
 * <p>Without a journal, what has not been flushed when the JVM ends is lost: close the cache before.
 *
 * <p>Not thread-safe, and to be given to one cache, which reads it when it is built.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class WriteBehind<K, V> {
    private static final int DEFAULT_ROOM = 10_000;

    private final int maxPending;
    private final Duration maxDelay;
    private int maxBatch;
    private int maxBuffered;
    private Duration maxWait = Duration.ofSeconds(1);
    private int retries = 10;
    private Duration pause = Duration.ofMillis(100);
    private Duration longestPause = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private @Nullable BinaryOperator<V> merge;
    private @Nullable DeadLetters<K, V> deadLetters;
    private @Nullable Journal<K, V> journal;

    /**
     * Where writes are kept that the source does not have yet.
     *
     * @param file is made if it is not there
     * @param keys makes bytes of keys
     * @param values makes bytes of values
     * @param <K> keys
     * @param <V> values
     */
    public record Journal<K, V>(Path file, Codec<K> keys, Codec<V> values) {
        /** Checks that nothing is null. */
        public Journal {
            requireNonNull(file, "file");
            requireNonNull(keys, "keys");
            requireNonNull(values, "values");
        }
    }

    private WriteBehind(int maxPending, Duration maxDelay) {
        this.maxPending = maxPending;
        this.maxDelay = maxDelay;
        this.maxBatch = maxPending;
        this.maxBuffered = Math.max(DEFAULT_ROOM, maxPending > Integer.MAX_VALUE / 10 ? maxPending : 10 * maxPending);
    }

    /**
     * Settings to begin with.
     *
     * @param maxPending how many writes may wait before they are flushed
     * @param maxDelay how long a write may wait before it is flushed
     * @throws IllegalArgumentException if either is not positive
     */
    public static <K, V> WriteBehind<K, V> of(int maxPending, Duration maxDelay) {
        return new WriteBehind<>(positive("maxPending", maxPending), positive("maxDelay", maxDelay));
    }

    /**
     * How many writes the writer is given at once at the most. Default: {@code maxPending}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public WriteBehind<K, V> maxBatch(int most) {
        maxBatch = positive("maxBatch", most);
        return this;
    }

    /**
     * How many writes may be pending, those that are being written among them. If there are as many, a call of {@code write}
     * waits, unless it is merged with one that is waiting: see {@link #maxWait}. Default: ten times {@code maxPending}, but
     * no fewer than 10,000.
     *
     * @throws IllegalArgumentException if it is less than {@code maxPending}
     */
    public WriteBehind<K, V> maxBuffered(int most) {
        if (most < maxPending) {
            throw new IllegalArgumentException(
                    "maxBuffered must be at least maxPending, was " + most + " with maxPending " + maxPending);
        }
        maxBuffered = most;
        return this;
    }

    /**
     * How long a call of {@code write} waits for room in the buffer before it is rejected. {@code writeAsync} does not wait.
     * Default: one second.
     *
     * @throws IllegalArgumentException if it is negative; zero rejects at once
     */
    public WriteBehind<K, V> maxWait(Duration time) {
        if (requireNonNull(time, "maxWait").isNegative()) {
            throw new IllegalArgumentException("maxWait must not be negative, was " + time);
        }
        maxWait = time;
        return this;
    }

    /**
     * What becomes of a write of a key that has one waiting. Writing {@code merge(earlier, later)} must do what writing the
     * earlier and then the later does: for counters, {@code Long::sum}, with a writer that adds to what the source holds. A
     * delete takes the place of the writes before it, and is merged with none after it.
     *
     * <p>With it, what is read while a key is pending is what was merged so far, and not what the source will make of it. So
     * the cache forgets the key once it has been written. Keep counts to be read in a cache of their own.
     *
     * <p>Called by many threads, perhaps several times for one write; it must not change its arguments. If it throws, so does
     * the call of {@code write}, and nothing is written. Default: the later one.
     */
    public WriteBehind<K, V> merge(BinaryOperator<V> function) {
        merge = requireNonNull(function, "merge");
        return this;
    }

    /**
     * How often a failed batch is tried again, and how long after. Default: 10 times, the first after 100 ms, each pause twice
     * as long as the one before, up to 10 s: for about 40 s.
     *
     * @param times 0 for never
     * @throws IllegalArgumentException if it is negative, a pause is not positive, or the longest is shorter than the first
     */
    public WriteBehind<K, V> retry(int times, Duration firstPause, Duration longest) {
        if (times < 0) {
            throw new IllegalArgumentException("retries must not be negative, were " + times);
        }
        positive("firstPause", firstPause);
        if (longest.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException("the longest pause must not be shorter than the first, was " + longest
                    + " with the first " + firstPause);
        }
        retries = times;
        pause = firstPause;
        longestPause = longest;
        return this;
    }

    /** Is given what could not be written. Default: its key is logged as an error, without the value. */
    @SuppressWarnings("unchecked") // it is given keys and values, and gives none
    public WriteBehind<K, V> deadLetters(DeadLetters<? super K, ? super V> listener) {
        deadLetters = (DeadLetters<K, V>) requireNonNull(listener, "deadLetters");
        return this;
    }

    /**
     * How long {@code close()} waits until all is written. Then the writer is interrupted, and what is left becomes dead
     * letters, or stays in the journal. Default: 30 seconds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public WriteBehind<K, V> closeTimeout(Duration time) {
        closeTimeout = positive("closeTimeout", time);
        return this;
    }

    /**
     * Keeps what is pending in a file: {@code write} returns when it is on disk, and the next cache with this file begins with
     * what this one has not written. When the JVM dies, no write is lost whose call had returned, and no more is written twice
     * than the batch that was being written. One cache at a time may use a file. It holds keys and values as the codecs
     * make them, and can be read by its owner only, where the file system knows owners.
     *
     * <p>Needs {@code com.h2database:h2-mvstore} or {@code com.h2database:h2} on the class path. Default: none. When it cannot be
     * written any more, as on a full disk, what is pending is still written to the source, and new writes are rejected; the file
     * goes when all is written, and should be deleted by hand if the JVM dies before, since it may be older than the source.
     *
     * @param keys makes bytes of keys, which are never deserialized by anything else; likewise {@code values}
     */
    public WriteBehind<K, V> journal(Path file, Codec<K> keys, Codec<V> values) {
        journal = new Journal<>(file, keys, values);
        return this;
    }

    // What was set

    /** How many writes may wait before they are flushed. */
    public int maxPending() {
        return maxPending;
    }

    /** How long a write may wait before it is flushed. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** How many writes the writer is given at once. */
    public int maxBatch() {
        return maxBatch;
    }

    /** How many writes may be pending. */
    public int maxBuffered() {
        return maxBuffered;
    }

    /** How long a call waits for room. */
    public Duration maxWait() {
        return maxWait;
    }

    /** How often a failed batch is tried again. */
    public int retries() {
        return retries;
    }

    /** How long after it failed a batch is tried again for the first time. */
    public Duration pause() {
        return pause;
    }

    /** How long the pauses get. */
    public Duration longestPause() {
        return longestPause;
    }

    /** How long {@code close()} waits. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** What becomes of two writes of one key, if not the later. */
    public Optional<BinaryOperator<V>> merge() {
        return Optional.ofNullable(merge);
    }

    /** What is given the writes that could not be written, if anything. */
    public Optional<DeadLetters<K, V>> deadLetters() {
        return Optional.ofNullable(deadLetters);
    }

    /** The same settings, to be changed on their own. */
    public WriteBehind<K, V> copy() {
        var copy = new WriteBehind<K, V>(maxPending, maxDelay);
        copy.maxBatch = maxBatch;
        copy.maxBuffered = maxBuffered;
        copy.maxWait = maxWait;
        copy.retries = retries;
        copy.pause = pause;
        copy.longestPause = longestPause;
        copy.closeTimeout = closeTimeout;
        copy.merge = merge;
        copy.deadLetters = deadLetters;
        copy.journal = journal;
        return copy;
    }

    /** Where writes are kept, if anywhere. */
    public Optional<Journal<K, V>> journal() {
        return Optional.ofNullable(journal);
    }

    private static int positive(String setting, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }

    private static Duration positive(String setting, Duration value) {
        requireNonNull(value, setting);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }
}
