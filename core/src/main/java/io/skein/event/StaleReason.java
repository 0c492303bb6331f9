package io.skein.event;

/** Why a stale value was served. */
public enum StaleReason {
    /** It may be, for a while, and is loaded anew meanwhile: {@code staleWhileRevalidate}. */
    REVALIDATING,
    /** Its load took longer than {@code softTimeout}, and goes on. */
    SOFT_TIMEOUT,
    /** Its load failed: {@code staleIfError}. */
    LOAD_FAILED,
    /** Its load failed a moment ago, and is not tried again before {@code retryAfterError}. */
    SET_BACK
}
