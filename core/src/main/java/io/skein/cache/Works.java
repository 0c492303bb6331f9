package io.skein.cache;

import io.skein.Group;
import io.skein.event.StaleReason;
import io.skein.internal.Text;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What the classes of one cache share.
 *
 * @param permits of {@code maxLoads}, if it is set
 */
record Works<K, V>(
        Settings<K, V> settings,
        Group<K, StoredEntry<V>> group,
        Store<K, V> store,
        Tallies tallies,
        @Nullable Semaphore permits) {

    long now() {
        return store.now();
    }

    /**
     * Changes what is stored under a key, in one step with forgetting the load that is in flight: the one way to do so
     * but loading.
     *
     * @return whether there was one
     */
    boolean change(K key, Runnable action) {
        store.noteChange(key);
        return group.forget(key, action);
    }

    /** The entry for what is put, to be given a number. A copy of the value is kept, since the putter has the other. */
    StoredEntry<V> draft(K key, Loaded<V> loaded) {
        var tags = loaded.tags().isEmpty()
                ? StoredEntry.Details.NO_TAGS
                : store.tags().of(loaded.tags());
        var value = settings.copy(loaded.value());
        return settings.entry(key, value, loaded, tags, loaded.etag().orElse(null), 0, now(), 0);
    }

    /** A caller gets a stale value. */
    void servedStale(K key, StaleReason reason) {
        tallies.staleHits.increment();
        if (settings.listener() != null) {
            settings.listener().stale(key, reason);
        }
    }

    /** For messages. */
    String quotedName() {
        return Text.quote(settings.name());
    }
}
