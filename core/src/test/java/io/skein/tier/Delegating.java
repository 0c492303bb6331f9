package io.skein.tier;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Does what another does, for those that do one thing differently. */
class Delegating<K, V> implements TierRegion<K, V> {
    private final TierRegion<K, V> region;

    Delegating(TierRegion<K, V> region) {
        this.region = region;
    }

    @Override
    public CompletionStage<TierAnswer<V>> readOrLease(K key) {
        return region.readOrLease(key);
    }

    @Override
    public CompletionStage<? extends @Nullable TierAnswer<V>> read(K key) {
        return region.read(key);
    }

    @Override
    public CompletionStage<TierAnswer<V>> lease(K key, boolean force) {
        return region.lease(key, force);
    }

    @Override
    public CompletionStage<TierLease> fence(K key) {
        return region.fence(key);
    }

    @Override
    public CompletionStage<Boolean> renew(TierLease lease) {
        return region.renew(lease);
    }

    @Override
    public CompletionStage<Boolean> publish(TierLease lease, @Nullable TierValue<V> value) {
        return region.publish(lease, value);
    }

    @Override
    public CompletionStage<Void> abort(TierLease lease) {
        return region.abort(lease);
    }

    @Override
    public CompletionStage<Void> put(K key, TierValue<V> value) {
        return region.put(key, value);
    }

    @Override
    public CompletionStage<Void> invalidate(K key) {
        return region.invalidate(key);
    }

    @Override
    public CompletionStage<Void> revoke(K key) {
        return region.revoke(key);
    }

    @Override
    public CompletionStage<Void> invalidateTag(String tag) {
        return region.invalidateTag(tag);
    }

    @Override
    public CompletionStage<Void> invalidateAll() {
        return region.invalidateAll();
    }

    @Override
    public boolean isCoherent() {
        return region.isCoherent();
    }

    @Override
    public Duration longestWait() {
        return region.longestWait();
    }

    @Override
    public void close() {
        region.close();
    }
}
