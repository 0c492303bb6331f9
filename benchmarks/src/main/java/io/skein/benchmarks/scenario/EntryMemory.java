package io.skein.benchmarks.scenario;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.skein.benchmarks.contender.Bounds;
import io.skein.benchmarks.contender.Cached;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an entry weighs beyond its key and value: the heap with many less the heap without. */
final class EntryMemory {
    static final String BEYOND = "P12 entry beyond caffeine's";

    /** Caffeine, set up as under Skein, where each entry has a time to live of its own. */
    private static final String VARIABLE = "caffeine variable";

    /** The others keep their entries in one of these. */
    private static final Set<Cached> CONTENDERS = EnumSet.of(
            Cached.SKEIN,
            Cached.CAFFEINE,
            Cached.CAFFEINE_ASYNC,
            Cached.GUAVA,
            Cached.CACHE2K,
            Cached.JETCACHE,
            Cached.MAP);

    static final List<String> LABELS = Stream.concat(Cached.labels(CONTENDERS).stream(), Stream.of(VARIABLE))
            .toList();

    private static final int ROUNDS = 3;
    private static final Object VALUE = new Object();
    private static final String ENTRY = "an entry, beyond key and value";

    private final Table table;
    private final List<String> keys;
    private final Bounds bounds;

    /** Guava bounds each of its segments, and would evict from a cache that is just large enough. */
    EntryMemory(Table table, int entries) {
        this.table = table;
        this.keys = IntStream.range(0, entries).mapToObj(i -> "user:" + i).toList();
        this.bounds = Bounds.of(2 * entries);
    }

    void run() {
        var weights = new Rounds<String, Double>(LABELS);
        weights.run(1, ROUNDS, this::weigh); // the first loads classes, and does not count
        var each = weights.each(label -> label, bytes -> bytes);
        var beyond = new ArrayList<Double>();
        for (int round = 0; round < ROUNDS; round++) {
            beyond.add(each(each, Cached.SKEIN.label()).get(round)
                    - each(each, VARIABLE).get(round));
        }
        table.add(Row.of(ENTRY, Unit.BYTES, VARIABLE, each));
        table.add(Row.of(BEYOND, Unit.BYTES, null, Map.of(Cached.SKEIN.label(), beyond)));
        table.add(Plot.bars("entry", "An entry, beyond key and value, bytes", List.of(ENTRY)));
    }

    private static List<Double> each(Map<String, List<Double>> weights, String label) {
        return requireNonNull(weights.get(label));
    }

    private double weigh(String label) {
        if (label.equals(VARIABLE)) {
            var cache = Caffeine.newBuilder()
                    .expireAfter(Expiry.writing((String key, Object value) -> bounds.ttl()))
                    .maximumSize(bounds.maximumSize())
                    .<String, Object>build();
            return perEntry(key -> cache.put(key, VALUE), key -> cache.getIfPresent(key));
        }
        var kind = CONTENDERS.stream()
                .filter(contender -> contender.label().equals(label))
                .findFirst()
                .orElseThrow();
        try (var cache = kind.<String>over(key -> VALUE, bounds)) {
            return perEntry(key -> cache.put(key, VALUE), cache::find);
        }
    }

    @FunctionalInterface
    private interface Lookup {
        @Nullable
        Object find(String key);
    }

    private double perEntry(Consumer<String> put, Lookup lookup) {
        var before = LiveHeap.now();
        keys.forEach(put);
        double bytes = (double) LiveHeap.now().minus(before).objects() / keys.size();
        for (var key : keys) {
            if (lookup.find(key) == null) {
                throw new IllegalStateException("an entry was not kept");
            }
        }
        return bytes;
    }
}
