package io.skein.examples;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param part what to run
 * @param callers how many callers stampede, and how many at most ask the cache, and write
 * @param keys how many keys they ask for
 * @param virtualThreads whether each caller is a virtual thread
 * @param straightLimit when the straight stampede is called off
 * @param cacheTime for how long the cache is asked
 * @param reactions how many reactions are written
 * @param writeLimit when the straight writes are called off
 * @param ownDatabase the user's own database; null means the demo's
 * @param verbose whether failures come with their stack traces
 */
record Options(
        Part part,
        int callers,
        int keys,
        boolean virtualThreads,
        Duration straightLimit,
        Duration cacheTime,
        int reactions,
        Duration writeLimit,
        @Nullable OwnDatabase ownDatabase,
        boolean verbose) {}
