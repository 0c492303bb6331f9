package io.skein.write;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CacheWriter} throws that has written some keys of a batch, and knows which. Only the others are tried again.
 */
public final class PartialWriteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Set<?> done; // null where it was serialized to

    /**
     * @param done the keys that the source has
     * @param cause why it has not all
     */
    public PartialWriteException(Set<?> done, Throwable cause) {
        super(cause);
        this.done = Set.copyOf(done);
    }

    /** The keys that the source has, unmodifiable. */
    public Set<?> done() {
        return done == null ? Set.of() : done;
    }
}
