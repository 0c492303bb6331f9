package io.skein.benchmarks;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cache that is asked for many keys at once. */
interface BulkContender {
    void put(String key, Object value);

    /** @param taker gets each value, or a map of all */
    void getAll(List<String> keys, Consumer<@Nullable Object> taker);
}
