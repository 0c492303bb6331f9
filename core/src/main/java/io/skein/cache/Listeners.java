package io.skein.cache;

import io.skein.event.CacheListener;
import io.skein.event.StaleReason;
import io.skein.internal.Complaints;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of a cache as one that never throws. What happens to flights, the group tells them itself. */
record Listeners(String cache, List<CacheListener> listeners) {
    private static final System.Logger LOG = System.getLogger(CacheListener.class.getName());

    private void tell(Consumer<CacheListener> news) {
        for (var listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable e) {
                Complaints.about(listener, e, LOG);
            }
        }
    }

    void stale(Object key, StaleReason reason) {
        tell(l -> l.onStale(cache, key, reason));
    }

    void refreshed(Object key, @Nullable Throwable failure) {
        tell(l -> l.onRefresh(cache, key, failure));
    }

    void invalidated(Object key) {
        tell(l -> l.onInvalidate(cache, key));
    }

    void allInvalidated() {
        tell(l -> l.onInvalidateAll(cache));
    }

    void tagInvalidated(String tag) {
        tell(l -> l.onInvalidateTag(cache, tag));
    }

    void evicted(Object key) {
        tell(l -> l.onEvict(cache, key));
    }
}
