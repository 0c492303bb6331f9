package io.skein.write;

import java.time.Duration;

/**
 * What a cache that writes behind has done since it was built: a snapshot. Writes that were merged are one.
 *
 * @param pending writes that are waiting or being written
 * @param oldest how long the oldest of them has been pending; zero if there is none
 * @param merged calls whose write was merged into one that was waiting
 * @param flushed writes that the source has
 * @param retried writes that were tried again; each as often as it was
 * @param deadLettered writes that were given up, and handed to the {@link DeadLetters}
 * @param rejected calls for whose write there was no room
 */
public record WriteBehindStats(
        int pending, Duration oldest, long merged, long flushed, long retried, long deadLettered, long rejected) {}
