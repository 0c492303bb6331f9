package io.skein.benchmarks.contender;

import static java.util.Objects.requireNonNull;

/** A cache, used for nothing but its way to collapse loads. */
record Remembering(CacheContender<String> cache) implements BlockingContender {
    @Override
    public Object load(String key) {
        return requireNonNull(cache.get(key));
    }

    @Override
    public void drop(String key) {
        cache.drop(key);
    }

    @Override
    public void close() {
        cache.close();
    }
}
