package io.skein.benchmarks.contender;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code ConcurrentHashMap.get}: what no cache can be faster than. No bound, no expiry, no loader. */
record OnMap<K>(ConcurrentHashMap<K, Object> map) implements CacheContender<K> {
    static <K> OnMap<K> create(Bounds bounds) {
        return new OnMap<>(new ConcurrentHashMap<>(bounds.maximumSize()));
    }

    @Override
    public @Nullable Object get(K key) {
        return map.get(key);
    }

    @Override
    public @Nullable Object find(K key) {
        return map.get(key);
    }

    @Override
    public void put(K key, Object value) {
        map.put(key, value);
    }

    @Override
    public void drop(K key) {
        map.remove(key);
    }

    @Override
    public void dropAll() {
        map.clear();
    }
}
