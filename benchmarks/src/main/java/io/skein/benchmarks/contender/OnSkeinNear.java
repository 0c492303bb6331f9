package io.skein.benchmarks.contender;

import io.skein.cache.CoalescingCache;
import io.skein.tier.TierAnswer;
import io.skein.tier.TierLease;
import io.skein.tier.TierRegion;
import io.skein.tier.TierValue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code CoalescingCache} with a second tier, of which it keeps what it has read. */
final class OnSkeinNear {
    private OnSkeinNear() {}

    static <K> OnSkein<K> create(Function<K, Object> loader, Bounds bounds) {
        return new OnSkein<>(CoalescingCache.<K, Object>builder("bench")
                .maximumSize(bounds.maximumSize())
                .ttl(bounds.ttl())
                .loader(loader::apply)
                .sharedTier((cache, events) -> new Stored<K>())
                .build());
    }

    /** Takes what is put, and answers who reads it first. */
    private static final class Stored<K> implements TierRegion<K, Object> {
        private final ConcurrentHashMap<K, TierValue<Object>> values = new ConcurrentHashMap<>();

        @Override
        public CompletionStage<TierAnswer<Object>> readOrLease(K key) {
            var value = values.get(key);
            return CompletableFuture.completedFuture(
                    value == null
                            ? new TierAnswer.Leased<>(new Lease<>(key))
                            : new TierAnswer.Found<>(() -> value, Duration.ZERO, "v", true));
        }

        @Override
        public CompletionStage<TierAnswer<Object>> read(K key) {
            return readOrLease(key);
        }

        @Override
        public CompletionStage<TierAnswer<Object>> lease(K key, boolean force) {
            return CompletableFuture.completedFuture(new TierAnswer.Leased<>(new Lease<>(key)));
        }

        @Override
        public CompletionStage<TierLease> fence(K key) {
            return CompletableFuture.completedFuture(new Lease<>(key));
        }

        @Override
        public CompletionStage<Boolean> renew(TierLease lease) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        @SuppressWarnings("unchecked") // it has been given no others
        public CompletionStage<Boolean> publish(TierLease lease, @Nullable TierValue<Object> value) {
            var key = ((Lease<K>) lease).key();
            if (value == null) {
                values.remove(key);
            } else {
                values.put(key, value);
            }
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<Void> abort(TierLease lease) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> put(K key, TierValue<Object> value) {
            values.put(key, value);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> invalidate(K key) {
            values.remove(key);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> revoke(K key) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> invalidateTag(String tag) {
            return invalidateAll();
        }

        @Override
        public CompletionStage<Void> invalidateAll() {
            values.clear();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean isCoherent() {
            return true;
        }

        @Override
        public void close() {
            values.clear();
        }
    }

    private record Lease<K>(K key) implements TierLease {
        @Override
        public String token() {
            return "own";
        }

        @Override
        public Duration length() {
            return Duration.ofMinutes(1);
        }
    }
}
