package io.skein.spring;

import io.skein.AsyncLoader;
import io.skein.BulkLoader;
import io.skein.Loader;
import io.skein.cache.ContextLoader;
import org.jspecify.annotations.Nullable;

/** What every load of a cache or group passes on its way to the source, such as a circuit breaker. */
public interface LoadGuard {
    /** Lets every load pass. */
    LoadGuard NONE = new LoadGuard() {
        @Override
        public <K, V extends @Nullable Object> Loader<K, V> loader(Loader<K, V> loader) {
            return loader;
        }

        @Override
        public <K, V extends @Nullable Object> AsyncLoader<K, V> asyncLoader(AsyncLoader<K, V> loader) {
            return loader;
        }

        @Override
        public <K, V> BulkLoader<K, V> bulkLoader(BulkLoader<K, V> loader) {
            return loader;
        }

        @Override
        public <K, V> ContextLoader<K, V> contextLoader(ContextLoader<K, V> loader) {
            return loader;
        }
    };

    /** The loader, guarded. */
    <K, V extends @Nullable Object> Loader<K, V> loader(Loader<K, V> loader);

    /** The loader, guarded. */
    <K, V extends @Nullable Object> AsyncLoader<K, V> asyncLoader(AsyncLoader<K, V> loader);

    /** The loader, guarded. */
    <K, V> BulkLoader<K, V> bulkLoader(BulkLoader<K, V> loader);

    /** The loader, guarded. */
    <K, V> ContextLoader<K, V> contextLoader(ContextLoader<K, V> loader);
}
