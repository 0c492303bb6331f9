package io.skein.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A recording as a row of items. */
interface Items<T> {
    /** What they are written down in. */
    Recording<?> recording();

    /**
     * Appends an item.
     *
     * @param waits whether to wait until the subscribers have room for it; without, it is appended even if they have none
     * @throws IOException if it has ended, or cannot be written down
     */
    void append(T item, boolean waits) throws IOException, InterruptedException;

    /** How many items may be appended before the fastest subscriber has to come closer. */
    long room();

    /** From the first item on. */
    Cursor<T> play();

    /** How far one subscriber is. For one thread at a time. */
    interface Cursor<T> {
        /** Whether something is there that has not been returned; the last item of one that failed may be in parts only. */
        boolean hasMore();

        /** The next item, without waiting; null if it is not there yet. */
        @Nullable
        T next() throws IOException;
    }
}
