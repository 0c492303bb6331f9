package io.skein.examples;

import io.skein.Loader;
import io.skein.cache.CacheStats;
import java.time.Duration;
import java.util.concurrent.Executor;

/** A way to a report that remembers it for a while. */
interface CachedWay extends Way, AutoCloseable {
    /** Makes one. */
    @FunctionalInterface
    interface Maker {
        /**
         * Makes one.
         *
         * @param loader asks the database
         * @param databaseThreads where it does so
         * @param ttl how long a report is fresh
         */
        CachedWay make(Loader<String, Report> loader, Executor databaseThreads, Duration ttl);
    }

    /** Has a report loaded anew, and does not wait for it. */
    void refresh(String key);

    /** Has the report go. No call that begins after this one gets what was loaded before it. */
    void invalidate(String key);

    CacheStats stats();

    /** How many loads an invalidation has overtaken. */
    long overtaken();

    @Override
    void close();
}
