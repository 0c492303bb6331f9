package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.Codec;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C10: random writes, deletes, reads of all kinds, flushes, evictions, invalidations and failures of the source, by threads each
 * with keys of its own, against a map: a reader always sees its own last write that was acknowledged.
 */
@Timeout(120)
class WriteBehindModelTest {
    private static final int THREADS = 4;
    private static final int KEYS = 3; // of each thread
    private static final int ROUNDS = 60;
    private static final int STEPS = 150;

    @TempDir
    Path folder;

    /** Fails now and then: before, after, or in the middle of a batch. */
    private static final class Source implements CacheWriter<Integer, Integer> {
        final Map<Integer, Integer> rows = new ConcurrentHashMap<>();
        private final SplittableRandom random;

        Source(SplittableRandom random) {
            this.random = random;
        }

        private void fail(int oneOf) throws IOException {
            if (random.nextInt(oneOf) == 0) {
                throw new IOException("now and then");
            }
        }

        @Override
        public void write(Integer key, Integer value) throws IOException {
            fail(5);
            rows.put(key, value);
            fail(10);
        }

        @Override
        public void delete(Integer key) throws IOException {
            fail(5);
            rows.remove(key);
            fail(10);
        }

        @Override
        public void deleteAll(Set<Integer> keys) throws IOException {
            for (int key : keys) { // which have been deleted, nobody knows
                delete(key);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void C10_readersSeeTheirOwnLastWrite(boolean journal) {
        for (int round = 0; round < (journal ? ROUNDS / 6 : ROUNDS); round++) {
            long seed = System.nanoTime();
            var random = new SplittableRandom(seed);
            var source = new Source(random.split());
            var settings = WriteBehind.<Integer, Integer>of(random.nextInt(1, 6), Duration.ofMillis(1))
                    .maxBatch(random.nextInt(1, 6))
                    .maxBuffered(6)
                    .maxWait(Duration.ofSeconds(60))
                    .retry(Integer.MAX_VALUE, Duration.ofNanos(1), Duration.ofNanos(50_000));
            if (journal) {
                settings.journal(folder.resolve("journal" + round), Codec.int32(), Codec.int32());
            }
            var expected = new ConcurrentHashMap<Integer, Integer>();
            try (var cache = CoalescingCache.<Integer, Integer>builder("model")
                    .maximumSize(random.nextInt(1, 8))
                    .negativeTtl(Duration.ofMillis(1))
                    .loader(source.rows::get)
                    .bulkLoader(keys -> {
                        var found = new HashMap<Integer, Integer>();
                        source.rows.forEach(found::put); // others too: extra keys
                        return found;
                    })
                    .writeBehind(source, settings)
                    .build()) {
                var calls = new ArrayList<Call<Integer>>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int first = thread * KEYS;
                    var own = random.split();
                    calls.add(Callers.onThread(() -> run(cache, source.rows, own, first, expected, seed)));
                }
                calls.forEach(Call::get);
                cache.flush();
                assertThat(source.rows).as("seed " + seed).isEqualTo(expected);
            }
        }
    }

    private static int run(
            CoalescingCache<Integer, Integer> cache,
            Map<Integer, Integer> rows,
            SplittableRandom random,
            int first,
            Map<Integer, Integer> expected,
            long seed) {
        for (int step = 0; step < STEPS; step++) {
            int key = first + random.nextInt(KEYS);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    cache.write(key, step);
                    expected.put(key, step);
                }
                case 3 -> {
                    cache.delete(key);
                    expected.remove(key);
                }
                case 4 -> cache.invalidate(key);
                case 5 -> cache.invalidate(random.nextInt(THREADS * KEYS)); // another thread's, perhaps
                case 6 -> see(cache.getFresh(key), key, expected, seed);
                case 7 -> see(cache.getAsync(key).join(), key, expected, seed);
                case 8 -> {
                    var keys = IntStream.range(first, first + KEYS).boxed().toList();
                    var found = cache.getAll(keys);
                    keys.forEach(each -> see(found.get(each), each, expected, seed));
                }
                case 9 -> {
                    var lease = cache.lease(key);
                    var value = rows.get(key); // an old one, perhaps
                    if (value != null) {
                        lease.put(value);
                    }
                }
                case 10 -> {
                    if (random.nextInt(10) == 0) {
                        cache.flush();
                        see(cache.getFresh(key), key, expected, seed);
                    }
                }
                default -> see(cache.get(key), key, expected, seed);
            }
        }
        return first;
    }

    private static void see(Integer read, int key, Map<Integer, Integer> expected, long seed) {
        assertThat(read).as("what is read under key " + key + ", seed " + seed).isEqualTo(expected.get(key));
    }

    /** The same for sums: each write adds one, and none is lost or added twice while the source works. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void C10_sums_areWhatWasAdded(boolean journal) {
        for (int round = 0; round < 10; round++) {
            var rows = new ConcurrentHashMap<Integer, Integer>();
            var writer = new CacheWriter<Integer, Integer>() {
                @Override
                public void write(Integer key, Integer value) {
                    rows.merge(key, value, Integer::sum);
                }

                @Override
                public void delete(Integer key) {
                    rows.remove(key);
                }
            };
            var settings = WriteBehind.<Integer, Integer>of(2, Duration.ofMillis(1))
                    .maxBuffered(4)
                    .maxWait(Duration.ofSeconds(60))
                    .merge(Integer::sum);
            if (journal) {
                settings.journal(folder.resolve("sums" + round), Codec.int32(), Codec.int32());
            }
            try (var cache = CoalescingCache.<Integer, Integer>builder("sums")
                    .writeBehind(writer, settings)
                    .build()) {
                List<Call<Integer>> calls = IntStream.range(0, THREADS)
                        .mapToObj(thread -> Callers.onThread(() -> {
                            for (int i = 0; i < STEPS; i++) {
                                cache.write(i % 5, 1);
                            }
                            return thread;
                        }))
                        .toList();
                calls.forEach(Call::get);
            }
            assertThat(rows).hasSize(5);
            assertThat(rows.values()).containsOnly(THREADS * STEPS / 5);
        }
    }
}
