package io.skein.benchmarks;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.skein.cache.CoalescingCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What an entry weighs beyond its key and value: the heap with many less the heap without. Caffeine is set up as under
 * Skein, where each entry has a time to live of its own.
 */
final class EntryMemory {
    static final String BEYOND = "P12 entry beyond caffeine's";
    static final List<String> LABELS = List.of(Cached.SKEIN.label(), Cached.CAFFEINE.label());

    private static final int ROUNDS = 3;
    private static final Object VALUE = new Object();

    private final Table table;
    private final List<String> keys;

    EntryMemory(Table table, int entries) {
        this.table = table;
        this.keys = IntStream.range(0, entries).mapToObj(i -> "user:" + i).toList();
    }

    void run() {
        var skein = new ArrayList<Double>();
        var caffeine = new ArrayList<Double>();
        var beyond = new ArrayList<Double>();
        for (int round = -1; round < ROUNDS; round++) { // the first loads classes, and does not count
            double own = inSkein();
            double plain = inCaffeine();
            if (round >= 0) {
                skein.add(own);
                caffeine.add(plain);
                beyond.add(own - plain);
            }
        }
        var series = Map.of(Cached.SKEIN.label(), new Series(skein), Cached.CAFFEINE.label(), new Series(caffeine));
        table.add(new Row("entry beyond key and value", Unit.BYTES, Cached.CAFFEINE.label(), series));
        table.add(new Row(BEYOND, Unit.BYTES, Cached.SKEIN.label(), Map.of(Cached.SKEIN.label(), new Series(beyond))));
    }

    private double inSkein() {
        try (var cache = CoalescingCache.<String, Object>builder("bench")
                .ttl(Cached.TTL)
                .maximumSize(2L * keys.size())
                .build()) {
            var before = LiveHeap.now();
            keys.forEach(key -> cache.put(key, VALUE));
            double perEntry = perEntry(before);
            require(cache.asMap().size());
            return perEntry;
        }
    }

    private double inCaffeine() {
        var cache = Caffeine.newBuilder()
                .expireAfter(Expiry.writing((String key, Object value) -> Cached.TTL))
                .maximumSize(2L * keys.size())
                .build();
        var before = LiveHeap.now();
        keys.forEach(key -> cache.put(key, VALUE));
        double perEntry = perEntry(before);
        require(cache.asMap().size());
        return perEntry;
    }

    private double perEntry(LiveHeap before) {
        return (double) LiveHeap.now().minus(before).objects() / keys.size();
    }

    private void require(int size) {
        if (size != keys.size()) {
            throw new IllegalStateException(size + " of " + keys.size() + " entries were kept");
        }
    }
}
