package io.skein.soak;

import java.util.List;
import java.util.SplittableRandom;

/** The ways to make a cache forget what is older than a version. */
enum CacheWrite {
    INVALIDATE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.invalidate(key);
            return true;
        }
    },
    INVALIDATE_KEYS {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.invalidateAll(List.of(lane.someKey(random), key, lane.someKey(random)));
            return true;
        }
    },
    INVALIDATE_ALL {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.invalidateAll();
            return true;
        }
    },
    INVALIDATE_TAG {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            if (!lane.setting.tags()) {
                return false;
            }
            var tags = CacheLane.tags(key);
            lane.cache.invalidateTag(tags.get(random.nextInt(tags.size())));
            return true;
        }
    },
    PUT {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.put(key, lane.loaded(key, now));
            return true;
        }
    },
    MAP_CLEAR {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.asMap().clear();
            return true;
        }
    },
    MAP_REMOVE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            lane.cache.asMap().remove(key);
            return true;
        }
    },
    MAP_REMOVE_VALUE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            var seen = lane.cache.asMap().get(key);
            return seen != null && lane.cache.asMap().remove(key, seen);
        }
    },
    MAP_PUT {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            if (!puts(lane, now)) {
                return false;
            }
            lane.cache.asMap().put(key, now);
            return true;
        }
    },
    MAP_PUT_IF_ABSENT {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            return puts(lane, now) && lane.cache.asMap().putIfAbsent(key, now) == null;
        }
    },
    MAP_REPLACE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            return puts(lane, now) && lane.cache.asMap().replace(key, now) != null;
        }
    },
    MAP_REPLACE_VALUE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            var seen = lane.cache.asMap().get(key);
            return puts(lane, now) && seen != null && lane.cache.asMap().replace(key, seen, now);
        }
    },
    MAP_COMPUTE {
        @Override
        boolean write(CacheLane lane, int key, Version now, SplittableRandom random) {
            return puts(lane, now) && lane.cache.asMap().compute(key, (k, seen) -> now) != null;
        }
    };

    /**
     * Overwrites what the cache has.
     *
     * @param now what is under the key from now on
     * @return whether this has been done; if not, nothing is promised
     */
    abstract boolean write(CacheLane lane, int key, Version now, SplittableRandom random);

    /** The map puts values without tags, which no invalidation of a tag would find. */
    private static boolean puts(CacheLane lane, Version now) {
        return now != null && !lane.setting.tags();
    }
}
