package io.skein.tier;

import org.jspecify.annotations.Nullable;

/**
 * A second tier could not be reached, or did not answer in time, or could not do what was asked for. Reads and loads go on
 * without it; thrown by what others have to learn of, such as an invalidation: that has been done here, and perhaps there.
 */
public class TierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message names the cache and, if it is about one, the key */
    public TierException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
