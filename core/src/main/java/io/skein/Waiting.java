package io.skein;

import org.jspecify.annotations.Nullable;

/** What a waiting thread has as its {@linkplain java.util.concurrent.locks.LockSupport#getBlocker blocker}. */
interface Waiting {
    /** The flight that has to land, or be gone, for the wait to end; null if the wait is over. */
    @Nullable
    Flight<?, ?> waitsFor();
}
