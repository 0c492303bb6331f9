package io.skein.stream;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.Group;
import io.skein.GroupBuilder;
import io.skein.event.FlightListener;
import io.skein.internal.LoadThreads;
import io.skein.internal.Text;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the settings of a {@link StreamGroup}. A bad value fails at once, a contradiction in {@link #build}. Not thread-safe;
 * the group is.
 *
 * @param <K> keys
 */
public final class StreamGroupBuilder<K> {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);
    private static final long DEFAULT_MEMORY = 1 << 20;
    private static final long DEFAULT_KEEP_SIZE = 256L << 20;
    private static final long DEFAULT_MOST_ITEMS = 1_000_000;

    private final String name;
    private final GroupBuilder<Recording<K>, @Nullable Void> flights;
    private final List<FlightListener> listeners = new ArrayList<>();
    private Executor subscribers = LoadThreads.shared();
    private boolean cancelWhenAbandoned = true;
    private int maxReaders = Integer.MAX_VALUE;
    private long readTimeout;
    private long memoryLimit = DEFAULT_MEMORY;
    private long maxAhead = Settings.UNLIMITED;
    private long maxItemsAhead = Settings.UNLIMITED;
    private long maxItems = DEFAULT_MOST_ITEMS;
    private long maxBytes = Settings.UNLIMITED;
    private long keepFor;
    private long keepSize;
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    private Ticker ticker = Ticker.systemTicker();
    private Scheduler scheduler = Scheduler.systemScheduler();
    private boolean isOwnDirectory;
    private boolean isBuilt;

    StreamGroupBuilder(String name) {
        this.name = name;
        this.flights = Group.builder(name);
    }

    // Time

    /**
     * How long one read waits for something to come; then it fails with {@link ReadTimeoutException}, and may be repeated. Not
     * for subscribers, who do not wait. Default: as long as it takes.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public StreamGroupBuilder<K> readTimeout(Duration timeout) {
        readTimeout = positive("readTimeout", timeout);
        return this;
    }

    /**
     * How long one stream may take to be written; then its loader is cancelled, and its readers fail with a {@link
     * io.skein.LoadTimeoutException} after what was written before (G9). Default: as long as it takes.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public StreamGroupBuilder<K> loadTimeout(Duration timeout) {
        flights.loadTimeout(timeout);
        return this;
    }

    /**
     * After which time a stream that is still being written is reported as stuck, once, to the listeners and in the log, with
     * the stack of its thread (G14). Default: never.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public StreamGroupBuilder<K> stuckAfter(Duration time) {
        flights.stuckAfter(time);
        return this;
    }

    /**
     * Whether a stuck stream is also forgotten, so that newcomers get a healthy one (G14). Needs {@link #stuckAfter}. Default:
     * no.
     */
    public StreamGroupBuilder<K> forgetStuck(boolean forget) {
        flights.forgetStuck(forget);
        return this;
    }

    // Threads

    /**
     * Where loaders run. Default: virtual threads where the JVM has them (21 and newer), else a pool of daemon threads that
     * grows as needed.
     *
     * <p>Publishers that are relayed are subscribed to on it. A bounded one must have a thread for each stream that is written at once. One that runs tasks on the thread that
     * brings them has each stream written before its first reader gets it.
     */
    public StreamGroupBuilder<K> executor(Executor newExecutor) {
        flights.executor(newExecutor);
        return this;
    }

    /**
     * Where subscribers are called. Default: threads as for loaders, which all groups share.
     *
     * <p>One that runs tasks on the thread that brings them lets a slow subscriber hold up the loader, and so all others.
     */
    public StreamGroupBuilder<K> subscriberExecutor(Executor newExecutor) {
        subscribers = requireNonNull(newExecutor, "subscriberExecutor");
        return this;
    }

    // Bounds

    /**
     * How many bytes of one stream are in memory at the most; older ones are in a temporary file. 16 KiB are the least. A small
     * stream occupies no more than 1 KiB or twice what it has. Default: 1 MiB.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public StreamGroupBuilder<K> memoryLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("memoryLimit must not be negative, was " + bytes);
        }
        memoryLimit = bytes;
        return this;
    }

    /**
     * How many bytes a loader may be ahead of the fastest reader; then writing blocks until that one has read on. The others
     * are never waited for. Default: any number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxAhead(long bytes) {
        maxAhead = positive("maxAhead", bytes);
        return this;
    }

    /**
     * How many items a loader may be ahead of the fastest subscriber, like {@link #maxAhead}, which holds for items with a
     * codec. Publishers are asked for no more than that. Default: any number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxItemsAhead(int most) {
        maxItemsAhead = positive("maxItemsAhead", most);
        return this;
    }

    /**
     * How many items one stream may have without a codec, since they are all in memory; with one more it fails. Default:
     * 1,000,000.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxItems(int most) {
        maxItems = positive("maxItems", most);
        return this;
    }

    /**
     * How many bytes one stream may have, in memory and in its file, as a loader writes them or a codec makes them; with one more
     * it fails. Default: any number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxBytes(long most) {
        maxBytes = positive("maxBytes", most);
        return this;
    }

    /**
     * How many streams may be written at once; who would start one more fails with {@link io.skein.LoadRejectedException}
     * (G13). Default: any number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxStreams(int most) {
        flights.maxFlights(positive("maxStreams", most));
        return this;
    }

    /**
     * How many may read one stream at once; one more fails with {@link io.skein.LoadRejectedException} (G13). Default: any
     * number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> maxReaders(int most) {
        maxReaders = positive("maxReaders", most);
        return this;
    }

    // What becomes of it

    /**
     * Whether a stream is cancelled when its last reader has left (G8). If not, it is written to the end, and can be joined.
     * Default: true.
     */
    public StreamGroupBuilder<K> cancelWhenAbandoned(boolean cancel) {
        cancelWhenAbandoned = cancel;
        return this;
    }

    /**
     * How long a stream that has been written without failure is kept, so that who comes later reads it from the beginning
     * and no loader runs. Default: not at all.
     *
     * @throws IllegalArgumentException if the duration is not positive
     */
    public StreamGroupBuilder<K> keepFor(Duration time) {
        keepFor = positive("keepFor", time);
        return this;
    }

    /**
     * How many bytes of finished streams are kept, in memory and on disk together; the least used go first. Not those of which
     * somebody reads what is not kept any more. Items without a codec count as 64 bytes. Needs {@link #keepFor}. Default: 256
     * MiB.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamGroupBuilder<K> keepSize(long bytes) {
        keepSize = positive("keepSize", bytes);
        return this;
    }

    /**
     * Where temporary files are made, in a folder of this group that its owner only can enter. It is made with the first of
     * them. Default: what {@code java.io.tmpdir} says.
     *
     * @throws IllegalArgumentException if it is a file, or in a file system of another kind than the usual one
     */
    public StreamGroupBuilder<K> directory(Path newDirectory) {
        requireNonNull(newDirectory, "directory");
        if (newDirectory.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("directory must be in the default file system, was " + newDirectory
                    + " in " + newDirectory.getFileSystem());
        }
        if (Files.exists(newDirectory) && !Files.isDirectory(newDirectory)) {
            throw new IllegalArgumentException("directory must be a directory, was the file " + newDirectory);
        }
        directory = newDirectory;
        isOwnDirectory = true;
        return this;
    }

    // What is told and asked

    /**
     * Adds one that is told what happens to the streams; once, if it is added twice. Callers are readers and subscribers;
     * those of a kept stream are not told of.
     */
    public StreamGroupBuilder<K> listener(FlightListener listener) {
        requireNonNull(listener, "listener");
        if (listeners.stream().noneMatch(known -> known == listener)) {
            listeners.add(listener);
        }
        return this;
    }

    /** The clock for all times of this group, as with {@link GroupBuilder#ticker}. Default: the system's. */
    public StreamGroupBuilder<K> ticker(Ticker newTicker) {
        ticker = requireNonNull(newTicker, "ticker");
        flights.ticker(newTicker);
        return this;
    }

    /** What wakes the group when a time is up. Default: the JVM's own. */
    public StreamGroupBuilder<K> scheduler(Scheduler newScheduler) {
        scheduler = requireNonNull(newScheduler, "scheduler");
        flights.scheduler(newScheduler);
        return this;
    }

    /**
     * The group; one from each builder. Deletes what earlier processes have left in the {@link #directory}, which failed before they could.
     *
     * @throws IllegalArgumentException if settings contradict each other, or if nothing can be written in the {@link #directory}
     * @throws IllegalStateException if it has been built
     */
    public StreamGroup<K> build() {
        if (isBuilt) {
            throw new IllegalStateException(
                    "group " + Text.quote(name) + " has been built: make another builder for another group");
        }
        if (keepSize != 0 && keepFor == 0) {
            throw new IllegalArgumentException(
                    "keepSize is " + keepSize + ", but keepFor is not set: set it, or leave out keepSize");
        }
        var settings = new Settings(
                name,
                subscribers,
                cancelWhenAbandoned,
                maxReaders,
                readTimeout,
                memoryLimit,
                maxAhead,
                maxItemsAhead,
                maxItems,
                maxBytes,
                keepFor,
                keepSize == 0 ? DEFAULT_KEEP_SIZE : keepSize,
                directory,
                List.copyOf(listeners),
                ticker);
        if (isOwnDirectory) {
            prepareDirectory();
        }
        isBuilt = true;
        return new StreamGroup<>(settings, new Streams<>(settings, flights, scheduler));
    }

    private static long positive(String setting, Duration value) {
        requireNonNull(value, setting);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : value.toNanos();
    }

    private static int positive(String setting, int value) {
        return (int) positive(setting, (long) value);
    }

    private static long positive(String setting, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(setting + " must be positive, was " + value);
        }
        return value;
    }

    /** Now, and not when the first stream does not fit into memory any more. */
    private void prepareDirectory() {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "skein-", ".probe"));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "directory must be one that files can be made in, was " + directory + ": " + e, e);
        }
    }
}
