package io.skein.benchmarks.contender;

import com.alicp.jetcache.RefreshPolicy;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import io.skein.cache.CoalescingCache;
import io.skein.cache.CoalescingCacheBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.cache2k.Cache2kBuilder;
import org.jspecify.annotations.Nullable;

/** What becomes of a value at the end of its time to live. */
public enum Freshness {
    SKEIN_TTL("skein ttl") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return skein(skein(loader).ttl(ttl));
        }
    },
    SKEIN_AHEAD("skein refreshAhead") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return skein(skein(loader).ttl(ttl).refreshAhead(AHEAD));
        }
    },
    SKEIN_EARLY("skein earlyRefresh") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return skein(skein(loader).ttl(ttl).earlyRefresh(1));
        }
    },
    SKEIN_REVALIDATE("skein revalidate") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return skein(skein(loader).ttl(ttl).staleWhileRevalidate(ttl));
        }
    },
    SKEIN_SOFT("skein softTimeout") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return skein(skein(loader).ttl(ttl).staleIfError(ttl).softTimeout(SOFT));
        }
    },
    CAFFEINE_TTL("caffeine ttl") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return Caffeine.newBuilder().expireAfterWrite(ttl).build(loader::apply)::get;
        }
    },
    CAFFEINE_REFRESH("caffeine refresh") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            return Caffeine.newBuilder()
                    .expireAfterWrite(ttl)
                    .refreshAfterWrite(ahead(ttl))
                    .build(loader::apply)::get;
        }
    },
    GUAVA_REFRESH("guava refresh") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            var reloading = CacheLoader.asyncReloading(CacheLoader.from(loader::apply), ForkJoinPool.commonPool());
            return CacheBuilder.newBuilder()
                    .expireAfterWrite(ttl)
                    .refreshAfterWrite(ahead(ttl))
                    .build(reloading)::getUnchecked;
        }
    },
    CACHE2K_AHEAD("cache2k refreshAhead") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            var cache = Cache2kBuilder.of(String.class, Object.class)
                    .expireAfterWrite(ttl.toNanos(), TimeUnit.NANOSECONDS)
                    .timerLag(OnCache2k.lag(ttl).toNanos(), TimeUnit.NANOSECONDS)
                    .refreshAhead(true)
                    .disableStatistics(true)
                    .loader(loader::apply)
                    .build();
            return new Closing(cache::get, cache::close);
        }
    },
    JETCACHE_REFRESH("jetcache refresh") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            var cache = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                    .expireAfterWrite(ttl.toMillis(), TimeUnit.MILLISECONDS)
                    .refreshPolicy(RefreshPolicy.newPolicy(ahead(ttl).toMillis(), TimeUnit.MILLISECONDS))
                    .cachePenetrateProtect(true)
                    .loader((String key) -> loader.apply(key))
                    .<String, Object>buildCache();
            return new Closing(cache::get, cache::close);
        }
    },
    CACHEABLE_SYNC("@Cacheable sync") {
        @Override
        public Reader over(Function<String, Object> loader, Duration ttl) {
            var cache = OnCacheable.createSync(loader, new Bounds(1_000, ttl));
            return new Closing(cache::get, cache::close);
        }
    };

    private static final double AHEAD = 0.7;
    private static final Duration SOFT = Duration.ofMillis(2);

    private final String label;

    Freshness(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Freshness::label).toList();
    }

    public abstract Reader over(Function<String, Object> loader, Duration ttl);

    /** A cache that is read. */
    @FunctionalInterface
    public interface Reader extends AutoCloseable {
        @Nullable
        Object get(String key);

        @Override
        default void close() {}
    }

    private record Closing(Function<String, @Nullable Object> read, Runnable end) implements Reader {
        @Override
        public @Nullable Object get(String key) {
            return read.apply(key);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    private static Duration ahead(Duration ttl) {
        return Duration.ofNanos((long) (AHEAD * ttl.toNanos()));
    }

    private static CoalescingCacheBuilder<String, Object> skein(Function<String, Object> loader) {
        return CoalescingCache.<String, Object>builder("bench").loader(loader::apply);
    }

    private static Reader skein(CoalescingCacheBuilder<String, Object> builder) {
        var cache = builder.build();
        return new Closing(cache::get, cache::close);
    }
}
