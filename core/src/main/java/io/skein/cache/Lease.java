package io.skein.cache;

import static java.util.Objects.requireNonNull;

/**
 * The right to store one value that is got somewhere else than by a loader, as long as its key is not changed meanwhile:
 * what memcached calls a lease (Nishtala et al. 2013). From {@link CoalescingCache#lease}.
 *
 * <pre>{@code
 * var lease = products.lease(42L);                 // before the source is read
 * var product = dao.find(42L);
 * lease.put(product);                              // not stored if 42 was invalidated in between
 * }</pre>
 *
 * <p>It may be used by any thread, and need not be used at all. It can be used more than once.
 *
 * @param <V> values
 */
public final class Lease<V> {
    private final Storing<V> storing;

    Lease(Storing<V> storing) {
        this.storing = storing;
    }

    /**
     * Stores a value, unless its key was put, invalidated, expired or forgotten since the lease was taken (C2), or a
     * load that took off since then has been stored, or the key is to be written behind. Rarely it is not stored although it might have been: changes of
     * other keys can be taken for one of this key.
     *
     * @return whether it was stored
     * @throws NullPointerException if the value is null
     */
    public boolean put(V value) {
        return put(Loaded.of(requireNonNull(value, "value")));
    }

    /**
     * The same for a value with a time to live, tags or an etag of its own; or for nothing.
     *
     * @return whether it was stored
     * @throws IllegalArgumentException if it is {@link Loaded#notModified}
     * @throws IllegalStateException if the cache is closed
     */
    public boolean put(Loaded<V> loaded) {
        return storing.store(loaded);
    }

    /** What the cache does with it. */
    @FunctionalInterface
    interface Storing<V> {
        boolean store(Loaded<V> loaded);
    }
}
