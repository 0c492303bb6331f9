package io.skein.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** How streams are written and read, and what becomes of them. What is null is not set. */
public class StreamProperties {
    /** How long one stream may take to be written before its readers fail. */
    private @Nullable Duration loadTimeout;

    /** How long one read waits for something to come before it fails. It may be repeated. */
    private @Nullable Duration readTimeout;

    /** After what time a stream that is still being written is reported as stuck. */
    private @Nullable Duration stuckAfter;

    /** Whether a stuck stream is also forgotten, so that newcomers start another. Needs stuck-after. */
    private @Nullable Boolean forgetStuck;

    /** Name of the Executor bean that the methods run on, where they block. */
    private @Nullable String executor;

    /** Name of the Executor bean that subscribers are called on. */
    private @Nullable String subscriberExecutor;

    /** How much of one stream is in memory. What is older is in a temporary file. 1MB unless set. */
    private @Nullable DataSize memoryLimit;

    /** How far a stream may be written ahead of its fastest reader. Without a limit unless set. */
    private @Nullable DataSize maxAhead;

    /** How many items a publisher is asked for ahead of the fastest subscriber. Without a limit unless set. */
    private @Nullable Integer maxItemsAhead;

    /** How many items one stream of objects may have, as they are all in memory. 1,000,000 unless set. */
    private @Nullable Integer maxItems;

    /** How large one stream may be, in memory and on disk together. Without a limit unless set. */
    private @Nullable DataSize maxBytes;

    /** How many streams may be written at once before further ones are rejected. */
    private @Nullable Integer maxStreams;

    /** How many may read one stream at once before further ones are rejected. */
    private @Nullable Integer maxReaders;

    /** Whether a stream is cancelled when its last reader has left. True unless set. */
    private @Nullable Boolean cancelWhenAbandoned;

    /** How long a finished stream is kept, to be read again from the beginning. Not at all unless set. */
    private @Nullable Duration keepFor;

    /** How much of finished streams is kept, in memory and on disk together. 256MB unless set. Needs keep-for. */
    private @Nullable DataSize keepSize;

    /** Where temporary files are made. What java.io.tmpdir says unless set. */
    private @Nullable Path directory;

    public @Nullable Duration getLoadTimeout() {
        return loadTimeout;
    }

    public void setLoadTimeout(@Nullable Duration loadTimeout) {
        this.loadTimeout = loadTimeout;
    }

    public @Nullable Duration getReadTimeout() {
        return readTimeout;
    }

    public void setReadTimeout(@Nullable Duration readTimeout) {
        this.readTimeout = readTimeout;
    }

    public @Nullable Duration getStuckAfter() {
        return stuckAfter;
    }

    public void setStuckAfter(@Nullable Duration stuckAfter) {
        this.stuckAfter = stuckAfter;
    }

    public @Nullable Boolean getForgetStuck() {
        return forgetStuck;
    }

    public void setForgetStuck(@Nullable Boolean forgetStuck) {
        this.forgetStuck = forgetStuck;
    }

    public @Nullable String getExecutor() {
        return executor;
    }

    public void setExecutor(@Nullable String executor) {
        this.executor = executor;
    }

    public @Nullable String getSubscriberExecutor() {
        return subscriberExecutor;
    }

    public void setSubscriberExecutor(@Nullable String subscriberExecutor) {
        this.subscriberExecutor = subscriberExecutor;
    }

    public @Nullable DataSize getMemoryLimit() {
        return memoryLimit;
    }

    public void setMemoryLimit(@Nullable DataSize memoryLimit) {
        this.memoryLimit = memoryLimit;
    }

    public @Nullable DataSize getMaxAhead() {
        return maxAhead;
    }

    public void setMaxAhead(@Nullable DataSize maxAhead) {
        this.maxAhead = maxAhead;
    }

    public @Nullable Integer getMaxItemsAhead() {
        return maxItemsAhead;
    }

    public void setMaxItemsAhead(@Nullable Integer maxItemsAhead) {
        this.maxItemsAhead = maxItemsAhead;
    }

    public @Nullable Integer getMaxItems() {
        return maxItems;
    }

    public void setMaxItems(@Nullable Integer maxItems) {
        this.maxItems = maxItems;
    }

    public @Nullable DataSize getMaxBytes() {
        return maxBytes;
    }

    public void setMaxBytes(@Nullable DataSize maxBytes) {
        this.maxBytes = maxBytes;
    }

    public @Nullable Integer getMaxStreams() {
        return maxStreams;
    }

    public void setMaxStreams(@Nullable Integer maxStreams) {
        this.maxStreams = maxStreams;
    }

    public @Nullable Integer getMaxReaders() {
        return maxReaders;
    }

    public void setMaxReaders(@Nullable Integer maxReaders) {
        this.maxReaders = maxReaders;
    }

    public @Nullable Boolean getCancelWhenAbandoned() {
        return cancelWhenAbandoned;
    }

    public void setCancelWhenAbandoned(@Nullable Boolean cancelWhenAbandoned) {
        this.cancelWhenAbandoned = cancelWhenAbandoned;
    }

    public @Nullable Duration getKeepFor() {
        return keepFor;
    }

    public void setKeepFor(@Nullable Duration keepFor) {
        this.keepFor = keepFor;
    }

    public @Nullable DataSize getKeepSize() {
        return keepSize;
    }

    public void setKeepSize(@Nullable DataSize keepSize) {
        this.keepSize = keepSize;
    }

    public @Nullable Path getDirectory() {
        return directory;
    }

    public void setDirectory(@Nullable Path directory) {
        this.directory = directory;
    }
}
