package io.skein.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a cache writes behind: see {@link io.skein.write.WriteBehind}. What is null is not set. */
public final class WriteBehindProperties {
    /** Name of the CacheWriter bean that writes to the source, later and in batches. Excludes the other two ways to write. */
    private @Nullable String writer;

    /** How many writes may wait before they are flushed. 1000 unless set. */
    private @Nullable Integer maxPending;

    /** How long a write may wait before it is flushed. One second unless set. */
    private @Nullable Duration maxDelay;

    /** How many writes the writer is given at once. As many as max-pending unless set. */
    private @Nullable Integer maxBatch;

    /** How many writes may be pending before further ones have to wait. At least max-pending. */
    private @Nullable Integer maxBuffered;

    /** How long a write waits for room before it is rejected. One second unless set. */
    private @Nullable Duration maxWait;

    /** Name of the BinaryOperator bean that merges two writes of one key. Not set: the later one wins. */
    private @Nullable String merge;

    /** How often a failed batch is tried again. 10 times unless set. */
    private @Nullable Integer retries;

    /** How long after it failed a batch is tried again; each pause is twice as long as the one before. 100 ms unless set. */
    private @Nullable Duration firstPause;

    /** How long the pauses between tries get. 10 seconds unless set. */
    private @Nullable Duration longestPause;

    /** Name of the DeadLetters bean that is given what could not be written. Not set: it is logged, without the value. */
    private @Nullable String deadLetters;

    /** How long the application waits at its end until all of this cache is written. 30 seconds unless set. */
    private @Nullable Duration closeTimeout;

    /** File that keeps what is pending, also when the JVM dies. Needs journal-keys and journal-values. */
    private @Nullable Path journal;

    /** Name of the Codec bean for the keys in the journal; or utf8, int64, int32, bytes. */
    private @Nullable String journalKeys;

    /** Name of the Codec bean for the values in the journal; or utf8, int64, int32, bytes. */
    private @Nullable String journalValues;

    public @Nullable String getWriter() {
        return writer;
    }

    public void setWriter(@Nullable String writer) {
        this.writer = writer;
    }

    public @Nullable Integer getMaxPending() {
        return maxPending;
    }

    public void setMaxPending(@Nullable Integer maxPending) {
        this.maxPending = maxPending;
    }

    public @Nullable Duration getMaxDelay() {
        return maxDelay;
    }

    public void setMaxDelay(@Nullable Duration maxDelay) {
        this.maxDelay = maxDelay;
    }

    public @Nullable Integer getMaxBatch() {
        return maxBatch;
    }

    public void setMaxBatch(@Nullable Integer maxBatch) {
        this.maxBatch = maxBatch;
    }

    public @Nullable Integer getMaxBuffered() {
        return maxBuffered;
    }

    public void setMaxBuffered(@Nullable Integer maxBuffered) {
        this.maxBuffered = maxBuffered;
    }

    public @Nullable Duration getMaxWait() {
        return maxWait;
    }

    public void setMaxWait(@Nullable Duration maxWait) {
        this.maxWait = maxWait;
    }

    public @Nullable String getMerge() {
        return merge;
    }

    public void setMerge(@Nullable String merge) {
        this.merge = merge;
    }

    public @Nullable Integer getRetries() {
        return retries;
    }

    public void setRetries(@Nullable Integer retries) {
        this.retries = retries;
    }

    public @Nullable Duration getFirstPause() {
        return firstPause;
    }

    public void setFirstPause(@Nullable Duration firstPause) {
        this.firstPause = firstPause;
    }

    public @Nullable Duration getLongestPause() {
        return longestPause;
    }

    public void setLongestPause(@Nullable Duration longestPause) {
        this.longestPause = longestPause;
    }

    public @Nullable String getDeadLetters() {
        return deadLetters;
    }

    public void setDeadLetters(@Nullable String deadLetters) {
        this.deadLetters = deadLetters;
    }

    public @Nullable Duration getCloseTimeout() {
        return closeTimeout;
    }

    public void setCloseTimeout(@Nullable Duration closeTimeout) {
        this.closeTimeout = closeTimeout;
    }

    public @Nullable Path getJournal() {
        return journal;
    }

    public void setJournal(@Nullable Path journal) {
        this.journal = journal;
    }

    public @Nullable String getJournalKeys() {
        return journalKeys;
    }

    public void setJournalKeys(@Nullable String journalKeys) {
        this.journalKeys = journalKeys;
    }

    public @Nullable String getJournalValues() {
        return journalValues;
    }

    public void setJournalValues(@Nullable String journalValues) {
        this.journalValues = journalValues;
    }
}
