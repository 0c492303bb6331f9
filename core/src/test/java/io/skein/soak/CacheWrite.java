package io.skein.soak;

import java.util.List;
import java.util.SplittableRandom;

/** The ways to make a cache forget what is older than a version. */
enum CacheWrite {
    INVALIDATE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.invalidate(key);
            return true;
        }
    },
    INVALIDATE_KEYS {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.invalidateAll(List.of(lane.someKey(random), key, lane.someKey(random)));
            return true;
        }
    },
    INVALIDATE_ALL {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.invalidateAll();
            return true;
        }
    },
    INVALIDATE_TAG {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            if (!lane.setting.tags()) {
                return false;
            }
            if (random.nextBoolean()) {
                lane.cache.invalidateTag(CacheLane.tagOfMany(key));
                return true;
            }
            for (long older = lane.origin.written(key).version(); older < version; older++) {
                lane.cache.invalidateTag(CacheLane.tagOfOne(key, older));
            }
            return true;
        }
    },
    PUT {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.put(key, lane.loaded(key, version));
            return true;
        }
    },
    MAP_CLEAR {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.asMap().clear();
            return true;
        }
    },
    MAP_REMOVE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            lane.cache.asMap().remove(key);
            return true;
        }
    },
    MAP_REMOVE_VALUE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            var seen = lane.cache.asMap().get(key);
            return seen != null && lane.cache.asMap().remove(key, seen);
        }
    },
    MAP_PUT {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            if (!puts(lane, version)) {
                return false;
            }
            lane.cache.asMap().put(key, Version.of(key, version));
            return true;
        }
    },
    MAP_PUT_IF_ABSENT {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            return puts(lane, version) && lane.cache.asMap().putIfAbsent(key, Version.of(key, version)) == null;
        }
    },
    MAP_REPLACE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            return puts(lane, version) && lane.cache.asMap().replace(key, Version.of(key, version)) != null;
        }
    },
    MAP_REPLACE_VALUE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            var seen = lane.cache.asMap().get(key);
            return puts(lane, version)
                    && seen != null
                    && lane.cache.asMap().replace(key, seen, Version.of(key, version));
        }
    },
    MAP_COMPUTE {
        @Override
        boolean write(CacheLane lane, int key, long version, SplittableRandom random) {
            return puts(lane, version)
                    && lane.cache.asMap().compute(key, (k, seen) -> Version.of(key, version)) != null;
        }
    };

    /**
     * Overwrites what the cache has.
     *
     * @param version the one that the key has from now on
     * @return whether this has been done; if not, nothing is promised
     */
    abstract boolean write(CacheLane lane, int key, long version, SplittableRandom random);

    /** The map puts values without tags, which no invalidation of a tag would find. */
    private static boolean puts(CacheLane lane, long version) {
        return !Version.isNothing(version) && !lane.setting.tags();
    }
}
