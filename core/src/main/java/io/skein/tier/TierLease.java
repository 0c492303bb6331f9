package io.skein.tier;

import java.time.Duration;

/**
 * The right to load one key, and to store what was loaded: one at a time in all JVMs. It ends when it is not renewed in time, is
 * used up, or is taken away by an invalidation. What an engine needs to know of it besides is its own affair, such as which
 * invalidations of tags the load has seen.
 */
public interface TierLease {
    /** Tells it from every other lease. */
    String token();

    /** How long it lasts, counted from when it was got or renewed last. It is renewed three times as often. */
    Duration length();
}
