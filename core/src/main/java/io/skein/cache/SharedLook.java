package io.skein.cache;

import io.skein.tier.TierAnswer;
import io.skein.tier.TierAnswer.Found;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Looks into the second tier for a caller who does not load. What is there is stored here, unless it has changed meanwhile. */
final class SharedLook<K, V> {
    private final Works<K, V> works;
    private final Sharing<K, V> sharing;
    private final K key;

    SharedLook(Works<K, V> works, Sharing<K, V> sharing, K key) {
        this.works = works;
        this.sharing = sharing;
        this.key = key;
    }

    /**
     * Waits for the tier. What it cannot tell is not there.
     *
     * @throws IllegalArgumentException if the tier has no name for the key
     */
    @Nullable
    StoredEntry<V> now() {
        var store = works.store();
        if (store.isClosed()) {
            return null;
        }
        var era = store.tags().era();
        long number = store.nextNumber();
        var watch = sharing.watch(key, null);
        try {
            return judge(sharing.askFirst(() -> sharing.region().read(key)), watch, era, number);
        } finally {
            sharing.unwatch(key, watch);
        }
    }

    private @Nullable StoredEntry<V> judge(
            CompletableFuture<? extends @Nullable TierAnswer<V>> asked, Watch watch, Tags.Era era, long number) {
        var store = works.store();
        try {
            if (!(asked.get() instanceof Found<V> value)) {
                return null;
            }
            var shared = value.content().get();
            var names = shared.tags();
            var tags =
                    names.isEmpty() ? StoredEntry.Details.NO_TAGS : store.tags().of(names, era);
            var entry = works.settings().near(key, value, shared, tags, number, works.now());
            sharing.counts.hits.increment();
            if (value.mayBeKept() && watch.hold()) {
                store.settleExtra(key, entry);
            }
            return store.isDead(entry) ? null : entry;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException
                | RuntimeException
                | StackOverflowError e) { // out of reach; cannot be read; the weigher
            sharing.failed(e instanceof ExecutionException ? e.getCause() : e);
            return null;
        }
    }
}
