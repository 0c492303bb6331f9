package io.skein.examples;

import java.time.Duration;

/**
 * What came of one way to write reactions.
 *
 * @param wanted how many there were to write
 * @param accepted how many of them were written before the time was up
 * @param counted how many the database has in the end
 * @param total how long it took until the database had them
 */
record WritesOutcome(long wanted, long accepted, long counted, long statements, long transactions, Duration total) {
    /** @throws IllegalStateException if some were lost, or written twice */
    void requireRight() {
        if (counted != accepted) {
            throw new IllegalStateException(
                    "the database has " + counted + " reactions, and " + accepted + " were written");
        }
    }
}
