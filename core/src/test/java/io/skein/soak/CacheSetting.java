package io.skein.soak;

import io.skein.cache.CoalescingCacheBuilder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;

/** The kinds of caches the soak calls, and what is possible with each. */
enum CacheSetting {
    PLAIN {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.loader(loads::nested);
        }
    },
    REMEMBERING {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(4))
                    .ttlJitter(0.3)
                    .negativeTtl(ms(3))
                    .errorTtl(failure -> failure instanceof SourceDown, ms(2))
                    .copier(version -> new Version(version.key(), version.number()))
                    .loader(loads::nested);
        }
    },
    AHEAD {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(6))
                    .refreshAhead(0.3)
                    .negativeTtl(ms(5))
                    .retryAfterError(ms(1))
                    .contextLoader(loads::conditional);
        }
    },
    REVALIDATING {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(2))
                    .staleWhileRevalidate(ms(10))
                    .negativeTtl(ms(2))
                    .retryAfterError(ms(1))
                    .contextLoader(loads::conditional);
        }
    },
    STANDING_IN {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(2))
                    .staleIfError(ms(30))
                    .retryAfterError(ms(2))
                    .softTimeout(Duration.ofNanos(500_000))
                    .callerTimeout(ms(15))
                    .loadTimeout(ms(25))
                    .contextLoader(loads::conditional);
        }
    },
    BULK {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(5)).negativeTtl(ms(5)).bulkLoader(loads::bulk);
        }
    },
    BULK_AND_STALE {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(3))
                    .refreshAhead(0.5)
                    .staleWhileRevalidate(ms(4))
                    .staleIfError(ms(10))
                    .retryAfterError(ms(1))
                    .loadTimeout(ms(25))
                    .bulkLoader(loads::bulk)
                    .loader(loads::plain);
        }
    },
    ASYNCHRONOUS {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(5))
                    .earlyRefresh(1)
                    .staleIfError(ms(10))
                    .retryAfterError(ms(1))
                    .negativeTtl(ms(5))
                    .asyncLoader(loads::asynchronous);
        }
    },
    SMALL {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.maximumWeight(60)
                    .weigher((key, version) -> 1 + key % 3)
                    .negativeTtl(ms(20))
                    .contextLoader(loads::conditional);
        }
    },
    REJECTING {
        @Override
        void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small) {
            builder.ttl(ms(3))
                    .staleWhileRevalidate(ms(3))
                    .staleIfError(ms(6))
                    .retryAfterError(ms(1))
                    .maxLoads(2)
                    .maxFlights(6)
                    .maxCallersPerFlight(4)
                    .executor(small)
                    .loader(loads::plain);
        }
    };

    abstract void apply(CoalescingCacheBuilder<Integer, Version> builder, CacheLoads loads, ExecutorService small);

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    String cacheName() {
        return "soak-cache-" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether all values have their tags: only a contextLoader can say so. */
    boolean tags() {
        return this == AHEAD || this == REVALIDATING || this == STANDING_IN || this == SMALL;
    }

    boolean isBulk() {
        return this == BULK || this == BULK_AND_STALE;
    }

    /** Whether a load may go on for ever, since the cache ends it. */
    boolean endsLoads() {
        return this == STANDING_IN || this == BULK_AND_STALE;
    }

    boolean endsCalls() {
        return this == STANDING_IN;
    }

    boolean rejects() {
        return this == REJECTING;
    }

    boolean nests() {
        return this == PLAIN || this == REMEMBERING;
    }
}
