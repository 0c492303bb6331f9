package io.skein.stream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.skein.event.FlightListener;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What a {@link StreamGroupBuilder} has gathered.
 *
 * @param readTimeout in nanoseconds, like the other times; 0 for none
 */
record Settings(
        String name,
        Executor subscribers,
        boolean cancelWhenAbandoned,
        int maxReaders,
        long readTimeout,
        long memoryLimit,
        long maxAhead,
        long maxItemsAhead,
        long maxItems,
        long maxBytes,
        long keepFor,
        long keepSize,
        Path directory,
        List<FlightListener> listeners,
        Ticker ticker) {

    static final long UNLIMITED = Long.MAX_VALUE;
}
