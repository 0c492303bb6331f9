package io.skein;

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
     * @return the values. A key that is left out, or has null, is absent. Of others than those asked for, a cache
     *     that makes the call for {@code getAll} stores the values too, unless they were invalidated meanwhile
     * @throws Exception a failure for each of the keys
     */
    Map<K, ? extends @Nullable V> loadAll(Set<K> keys) throws Exception;
}
