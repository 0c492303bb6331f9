package io.skein.benchmarks.contender;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The caches, each with a bound and a time to live, as most are built; the map has neither. */
public enum Cached {
    SKEIN("skein") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnSkein.create(loader, bounds);
        }
    },
    /** A method of a Spring bean, whose results are in a {@code CoalescingCache}. */
    COALESCED("@Coalesced") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCoalesced.create(loader, bounds);
        }
    },
    HAND_MADE("hand-made") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return HandMadeCache.create(loader, bounds);
        }
    },
    CAFFEINE("caffeine") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCaffeine.create(loader, bounds);
        }
    },
    CAFFEINE_ASYNC("caffeine async") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCaffeineAsync.create(loader, bounds);
        }

        @Override
        public <K> CacheContender<K> plain(Function<K, Object> loader, Bounds bounds) {
            return OnCaffeinePool.create(loader, bounds);
        }
    },
    GUAVA("guava") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnGuava.create(loader, bounds);
        }
    },
    CACHE2K("cache2k") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCache2k.create(loader, bounds);
        }
    },
    JETCACHE("jetcache") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnJetCache.create(loader, bounds);
        }
    },
    CACHEABLE("@Cacheable") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCacheable.create(loader, bounds);
        }
    },
    CACHEABLE_SYNC("@Cacheable sync") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCacheable.createSync(loader, bounds);
        }
    },
    SKEIN_NEAR("skein near") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnSkeinNear.create(loader, bounds);
        }
    },
    CAFFEINE_PRESENT("caffeine find") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCaffeinePresent.create(bounds);
        }
    },
    CAFFEINE_COARSE("caffeine coarse") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnCaffeineCoarse.create(bounds);
        }
    },
    MAP("map") {
        @Override
        public <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds) {
            return OnMap.create(bounds);
        }
    };

    private final String label;

    Cached(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    public static List<String> labels(Set<Cached> contenders) {
        return contenders.stream().map(Cached::label).toList();
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Cached::label).toList();
    }

    /** Those that load what is missing. */
    public static Set<Cached> loading() {
        return EnumSet.range(SKEIN, CACHEABLE_SYNC);
    }

    /** Ours. */
    public boolean isSkein() {
        return this == SKEIN || this == SKEIN_NEAR || this == COALESCED;
    }

    /** @param loader may be called by any thread, and throws nothing but unchecked exceptions */
    public abstract <K> CacheContender<K> over(Function<K, Object> loader, Bounds bounds);

    /** As one finds it, where the first caller would otherwise load only because it is made to. */
    public <K> CacheContender<K> plain(Function<K, Object> loader, Bounds bounds) {
        return over(loader, bounds);
    }
}
