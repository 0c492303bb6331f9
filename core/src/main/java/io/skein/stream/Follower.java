package io.skein.stream;

/** One that waits until a recording has got longer, or has ended. */
interface Follower {
    /** It may have. Called by any thread; must be short, and throw nothing. */
    void wake();
}
