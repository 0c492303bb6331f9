package io.skein.cache;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the slow source for the values of many keys in one call, blocking until it has them.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface BulkLoader<K, V> {
    /**
     * Loads the values of some keys.
     *
     * @param keys unmodifiable, distinct, in the order they were asked for
     * @return the values. A key that is left out, or has null, is absent. Others than those asked for are stored too,
     *     unless invalidated meanwhile
     * @throws Exception a failure for each of the keys
     */
    Map<K, ? extends @Nullable V> loadAll(Set<K> keys) throws Exception;
}
