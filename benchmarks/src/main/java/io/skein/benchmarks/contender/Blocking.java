package io.skein.benchmarks.contender;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Ways to collapse loads, with blocking callers. All of them load on the thread of the first caller, and each is set up as somebody would
 * who wants nothing from it but collapsed loads: no bound and no expiry, where it can do without.
 */
public enum Blocking {
    /** One future for one key: the least that any of them has to do to release waiters. */
    BARE("bare") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Bare(loader);
        }
    },
    HAND_MADE("hand-made") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return HandMadeFlights.create(loader);
        }
    },
    HAND_MADE_PRESIZED("pre-sized") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return HandMadeFlights.presized(loader);
        }
    },
    SKEIN("skein") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return OnGroup.create(loader);
        }
    },
    COALESCED("@Coalesced") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return CoalescedFlights.create(loader);
        }
    },
    CAFFEINE("caffeine") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnCaffeine.unbounded(loader));
        }
    },
    CAFFEINE_ASYNC("caffeine async") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnCaffeineAsync.unbounded(loader));
        }
    },
    GUAVA("guava") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnGuava.unbounded(loader));
        }
    },
    CACHE2K("cache2k") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnCache2k.unbounded(loader));
        }
    },
    JETCACHE("jetcache") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnJetCache.create(loader, Bounds.of(JETCACHE_LIMIT)));
        }
    },
    CACHEABLE("@Cacheable") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnCacheable.unbounded(loader));
        }
    },
    CACHEABLE_SYNC("@Cacheable sync") {
        @Override
        public BlockingContender over(Function<String, Object> loader) {
            return new Remembering(OnCacheable.unboundedSync(loader));
        }
    };

    private static final int JETCACHE_LIMIT = 100_000;

    private final String label;

    Blocking(String label) {
        this.label = label;
    }

    /** The name in tables. */
    public String label() {
        return label;
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Blocking::label).toList();
    }

    /** All that one could use, which the bare future is not. */
    public static Set<Blocking> real() {
        return EnumSet.complementOf(EnumSet.of(BARE));
    }

    /** Those whose callers wait for one load of the first of them, each made in a way of its own. */
    public static Set<Blocking> collapsing() {
        return EnumSet.complementOf(EnumSet.of(HAND_MADE_PRESIZED, CACHEABLE));
    }

    /** Ours. */
    public boolean isSkein() {
        return this == SKEIN || this == COALESCED;
    }

    /** @param loader may be called by any thread, and throws nothing but unchecked exceptions */
    public abstract BlockingContender over(Function<String, Object> loader);

    private static final class Bare implements BlockingContender {
        private final Function<String, Object> loader;
        private final AtomicBoolean led = new AtomicBoolean();
        private volatile CompletableFuture<Object> future = new CompletableFuture<>();

        Bare(Function<String, Object> loader) {
            this.loader = loader;
        }

        @Override
        public Object load(String key) {
            if (!led.get() && led.compareAndSet(false, true)) {
                future.complete(loader.apply(key));
            }
            return future.join();
        }

        @Override
        public void drop(String key) {
            future = new CompletableFuture<>();
            led.set(false);
        }
    }
}
