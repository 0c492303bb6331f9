package io.skein.benchmarks.contender;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cache that is asked for many keys at once.
 *
 * @param read gives the taker each value, or a map of all
 */
public record BulkContender(
        BiConsumer<String, Object> put, BiConsumer<List<String>, Consumer<@Nullable Object>> read, Runnable end)
        implements AutoCloseable {
    public void put(String key, Object value) {
        put.accept(key, value);
    }

    public void getAll(List<String> keys, Consumer<@Nullable Object> taker) {
        read.accept(keys, taker);
    }

    @Override
    public void close() {
        end.run();
    }
}
