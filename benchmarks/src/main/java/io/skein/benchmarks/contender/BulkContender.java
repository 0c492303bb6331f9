package io.skein.benchmarks.contender;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cache that is asked for many keys at once. */
public interface BulkContender extends AutoCloseable {
    void put(String key, Object value);

    /** @param taker gets each value, or a map of all */
    void getAll(List<String> keys, Consumer<@Nullable Object> taker);

    @Override
    default void close() {}
}
