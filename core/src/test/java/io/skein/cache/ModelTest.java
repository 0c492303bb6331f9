package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.cache.ModelSource.Answer;
import io.skein.cache.ModelSource.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** C3 to C10 in random sequences of calls and times: the cache has to do what its model does. */
class ModelTest {
    private static final int OPERATIONS = 300;

    private final Clockwork clock = new Clockwork();
    private final List<String> log = new ArrayList<>();
    private SplittableRandom random;
    private ModelSource source;
    private ModelSource modelSource;
    private CoalescingCache<String, String> cache;
    private CacheModel model;
    private int puts;

    private static final Logger COMPLAINTS = Logger.getLogger(CoalescingCache.class.getName());

    @BeforeAll
    static void silence() {
        COMPLAINTS.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        COMPLAINTS.setLevel(null);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 250);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void C3_to_C10_theCacheDoesWhatItsModelDoes(long seed) {
        random = new SplittableRandom(seed);
        var settings = ModelSettings.random(random);
        source = new ModelSource(seed, settings.kind() == ModelSettings.Kind.CONTEXT);
        modelSource = new ModelSource(seed, settings.kind() == ModelSettings.Kind.CONTEXT);
        cache = settings.cache(source, clock);
        model = new CacheModel(settings, modelSource);
        log.add("seed " + seed + ", " + settings);

        for (int i = 0; i < OPERATIONS; i++) {
            operate();
            compareAll();
        }
    }

    /** Does the same to both, and expects the same outcome. */
    private void both(String operation, Callable<?> ofModel, Callable<?> ofCache) {
        log.add(operation);
        var expected = outcome(ofModel);
        log.set(log.size() - 1, operation + " -> " + expected);
        compare(operation, outcome(ofCache), expected);
    }

    private static String outcome(Callable<?> call) {
        try {
            return String.valueOf(call.call());
        } catch (CompletionException e) {
            return failure(e.getCause());
        } catch (Exception e) {
            return failure(e);
        }
    }

    private static String failure(Throwable e) {
        return "fails: " + (e instanceof ModelSource.Down ? e.getMessage() : e.getClass());
    }

    private void compare(String what, String actual, String expected) {
        if (!Objects.equals(actual, expected)) {
            assertThat(actual).as(what + ", after\n" + String.join("\n", log)).isEqualTo(expected);
        }
    }

    private void compareAll() {
        for (var key : ModelSource.KEYS) {
            compare("entry " + key, cache.entry(key).map(ModelTest::words).orElse("none"), model.entry(key));
        }
        compare(
                "fresh values",
                new TreeMap<>(cache.asMap()).toString(),
                model.fresh().toString());
        compare("size", "" + cache.asMap().size(), "" + model.fresh().size());
        compare("loads", new TreeMap<>(source.asked()).toString(), new TreeMap<>(modelSource.asked()).toString());
        compare("statistics", words(cache.stats()), model.stats());
    }

    private static String words(CacheEntry<String> entry) {
        var left = entry.timeLeft().toNanos() == Long.MAX_VALUE
                ? "for ever"
                : entry.timeLeft().toSeconds() + " s left";
        return entry.state() + " " + entry.value() + ", age " + entry.age().toSeconds() + ", " + left + ", "
                + new TreeSet<>(entry.tags());
    }

    private static String words(CacheStats stats) {
        return "hits " + stats.hits() + ", negative " + stats.negativeHits() + ", stale " + stats.staleHits()
                + ", misses " + stats.misses() + ", loads " + stats.loads() + ", failed " + stats.loadFailures()
                + ", refreshes " + stats.refreshes();
    }

    private String someKey() {
        return ModelSource.KEYS.get(random.nextInt(ModelSource.KEYS.size()));
    }

    private List<String> someKeys() {
        return random.ints(random.nextInt(1, 6), 0, ModelSource.KEYS.size())
                .mapToObj(ModelSource.KEYS::get)
                .toList();
    }

    private String newValue() {
        return "put#" + ++puts;
    }

    private void operate() {
        var key = someKey();
        int dice = random.nextInt(100);
        if (dice < 22) {
            passTime(key);
        } else if (dice < 36) {
            both("get " + key, () -> model.get(key), () -> cache.get(key));
        } else if (dice < 44) {
            both(
                    "getAsync " + key,
                    () -> model.get(key),
                    () -> cache.getAsync(key).join());
        } else if (dice < 50) {
            var keys = someKeys();
            both("getAll " + keys, () -> model.getAll(keys), () -> cache.getAll(keys));
        } else if (dice < 54) {
            var keys = someKeys();
            both(
                    "getAllAsync " + keys,
                    () -> model.getAll(keys),
                    () -> cache.getAllAsync(keys).join());
        } else if (dice < 57) {
            both("getFresh " + key, () -> model.getFresh(key), () -> cache.getFresh(key));
        } else if (dice < 59) {
            both(
                    "getFreshAsync " + key,
                    () -> model.getFresh(key),
                    () -> cache.getFreshAsync(key).join());
        } else if (dice < 63) {
            both(
                    "refresh " + key,
                    () -> model.refresh(key),
                    () -> cache.refresh(key).join());
        } else if (dice < 67) {
            both("getIfPresent " + key, () -> model.getIfPresent(key), () -> cache.getIfPresent(key));
        } else if (dice < 76) {
            write(key);
        } else if (dice < 86) {
            writeAsMap(key);
        } else if (dice < 88) {
            modelSource.isDown = !modelSource.isDown;
            source.isDown = modelSource.isDown;
            log.add("the source is " + (source.isDown ? "down" : "up"));
        } else {
            remove(key);
        }
    }

    /** To the very end of some time, which counts as after it; or some seconds. */
    private void passTime(String key) {
        long seconds = random.nextInt(3) == 0 ? random.nextInt(1, 4) : model.untilNextTurn(key);
        if (random.nextInt(30) == 0) {
            seconds = 100;
        }
        log.add(seconds + " s pass");
        model.pass(seconds);
        clock.passSeconds(seconds);
    }

    private void write(String key) {
        if (random.nextInt(3) == 0) {
            var value = newValue();
            both(
                    "put " + key + " " + value,
                    () -> run(() -> model.put(key, value)),
                    () -> run(() -> cache.put(key, value)));
            return;
        }
        var kinds = List.of(Kind.VALUE, Kind.VALUE, Kind.VALUE, Kind.NOTHING, Kind.NO_STORE);
        var kind = kinds.get(random.nextInt(kinds.size()));
        var answer = new Answer(
                kind,
                kind == Kind.NOTHING ? null : newValue(),
                random.nextBoolean() ? 0 : random.nextInt(1, 8),
                ModelSource.tags(random, true));
        both(
                "put " + key + " " + answer,
                () -> run(() -> model.store(key, answer)),
                () -> run(() -> cache.put(key, answer.loaded())));
    }

    private void writeAsMap(String key) {
        var value = newValue();
        var map = cache.asMap();
        var there = random.nextBoolean() ? model.fresh().getOrDefault(key, "none") : "another";
        switch (random.nextInt(6)) {
            case 0 -> both("asMap put " + key + " " + value, () -> asMap(key, value, true), () -> map.put(key, value));
            case 1 ->
                both(
                        "asMap putIfAbsent " + key + " " + value,
                        () -> asMap(key, value, !model.fresh().containsKey(key)),
                        () -> map.putIfAbsent(key, value));
            case 2 ->
                both(
                        "asMap replace " + key + " " + value,
                        () -> asMap(key, value, model.fresh().containsKey(key)),
                        () -> map.replace(key, value));
            case 3 -> both("asMap remove " + key, () -> asMap(key, null, true), () -> map.remove(key));
            case 4 ->
                both(
                        "asMap replace " + key + " " + there + " " + value,
                        () -> there.equals(
                                asMap(key, value, there.equals(model.fresh().get(key)))),
                        () -> map.replace(key, there, value));
            default ->
                both(
                        "asMap remove " + key + " " + there,
                        () -> there.equals(
                                asMap(key, null, there.equals(model.fresh().get(key)))),
                        () -> map.remove(key, there));
        }
    }

    /** What the model does for a method of the map: null removes. Returns the fresh value from before. */
    private String asMap(String key, String value, boolean writes) {
        var before = model.fresh().get(key);
        if (writes && value == null) {
            model.invalidate(key);
        } else if (writes) {
            model.put(key, value);
        }
        return before;
    }

    private void remove(String key) {
        int dice = random.nextInt(16);
        var tag = ModelSource.TAGS.get(random.nextInt(ModelSource.TAGS.size()));
        var keys = someKeys();
        if (dice < 4) {
            both("expire " + key, () -> run(() -> model.expire(key)), () -> run(() -> cache.expire(key)));
        } else if (dice < 8) {
            both(
                    "invalidateTag " + tag,
                    () -> run(() -> model.invalidateTag(tag)),
                    () -> run(() -> cache.invalidateTag(tag)));
        } else if (dice < 10) {
            both("invalidate " + key, () -> run(() -> model.invalidate(key)), () -> run(() -> cache.invalidate(key)));
        } else if (dice < 12) {
            both(
                    "invalidateAll " + keys,
                    () -> run(() -> keys.forEach(model::invalidate)),
                    () -> run(() -> cache.invalidateAll(keys)));
        } else if (dice < 13) {
            both("invalidateAll", () -> run(model::invalidateAll), () -> run(cache::invalidateAll));
        } else if (dice < 14) {
            both("asMap clear", () -> run(model::invalidateAll), () -> run(cache.asMap()::clear));
        } else {
            both(
                    "forget " + key,
                    () -> {
                        return false; // nothing is in flight
                    },
                    () -> cache.forget(key));
        }
    }

    private static String run(Runnable action) {
        action.run();
        return "done";
    }
}
