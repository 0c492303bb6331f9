package io.skein.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A source whose answers follow from a seed, the key, and how often that key was asked for. The cache and its model have
 * one each: as long as they ask the same questions they get the same answers.
 */
final class ModelSource {
    static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f");
    static final List<String> TAGS = List.of("red", "green", "blue");

    enum Kind {
        VALUE,
        NOTHING,
        FAILURE,
        NO_STORE,
        NOT_MODIFIED
    }

    /** @param ttl in seconds; 0 if it has none of its own */
    record Answer(Kind kind, String value, long ttl, Set<String> tags) {
        Loaded<String> loaded() {
            var loaded = switch (kind) {
                case VALUE, NO_STORE -> Loaded.of(value);
                case NOT_MODIFIED -> Loaded.<String>notModified();
                case NOTHING, FAILURE -> Loaded.<String>absent();
            };
            loaded = loaded.tags(tags);
            loaded = ttl == 0 ? loaded : loaded.ttl(java.time.Duration.ofSeconds(ttl));
            return kind == Kind.NO_STORE ? loaded.noStore() : loaded;
        }
    }

    /** The failure of a load; every other one is to be remembered, if failures are. */
    static final class Down extends Exception {
        private static final long serialVersionUID = 1L;

        final boolean isToBeRemembered;

        Down(String message, boolean isToBeRemembered) {
            super(message, null, false, false);
            this.isToBeRemembered = isToBeRemembered;
        }
    }

    private final long seed;
    private final boolean details;
    private final Map<String, Integer> asked = new HashMap<>();

    /** Whether all loads fail. */
    boolean isDown;

    /** @param details whether answers say more than a value */
    ModelSource(long seed, boolean details) {
        this.seed = seed;
        this.details = details;
    }

    /** How often each key was asked for. */
    Map<String, Integer> asked() {
        return asked;
    }

    Answer ask(String key) throws Down {
        return ask(key, details);
    }

    private Answer ask(String key, boolean inDetail) throws Down {
        int times = asked.merge(key, 1, Integer::sum);
        var random = new SplittableRandom(seed * 31 + key.hashCode() * 1_000L + times);
        random.nextInt(); // the first numbers of neighbouring seeds are alike
        int dice = random.nextInt(20);
        if (isDown || dice == 0) {
            throw new Down("no answer no. " + times + " for " + key, times % 2 == 0);
        }
        var value = key + "#" + times;
        if (dice < 4) {
            return new Answer(Kind.NOTHING, null, ttl(random, inDetail), tags(random, inDetail));
        } else if (dice < 5 && inDetail) {
            return new Answer(Kind.NO_STORE, value, 0, tags(random, true));
        } else if (dice < 10 && inDetail) {
            return new Answer(Kind.NOT_MODIFIED, null, ttl(random, true), tags(random, true));
        }
        return new Answer(Kind.VALUE, value, ttl(random, inDetail), tags(random, inDetail));
    }

    private static long ttl(SplittableRandom random, boolean inDetail) {
        return inDetail && random.nextInt(4) == 0 ? random.nextInt(1, 8) : 0;
    }

    static Set<String> tags(SplittableRandom random, boolean inDetail) {
        var tags = new ArrayList<>(TAGS);
        tags.removeIf(tag -> !inDetail || random.nextInt(3) > 0);
        return Set.copyOf(tags);
    }

    /** Values, null for nothing, and sometimes one more than was asked for. Fails as a whole if the first key does. */
    Map<String, String> askAll(Set<String> keys) throws Down {
        var values = new LinkedHashMap<String, String>();
        Down failure = null;
        for (var key : keys) {
            try {
                values.put(key, ask(key, false).value);
            } catch (Down e) {
                failure = failure == null && values.isEmpty() ? e : failure;
                values.put(key, null);
            }
        }
        if (failure != null) {
            throw failure;
        }
        var first = keys.iterator().next();
        int times = asked.get(first);
        if (times % 3 == 0) {
            values.putIfAbsent(KEYS.get(times % KEYS.size()), "beside " + first + "#" + times);
        }
        return values;
    }

    // As loaders of the cache

    String load(String key) throws Down {
        return ask(key).value;
    }

    Loaded<String> load(String key, LoadContext<String, String> context) throws Down {
        return ask(key).loaded();
    }

    CompletionStage<String> loadAsync(String key) {
        try {
            return CompletableFuture.completedFuture(ask(key).value);
        } catch (Down e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
