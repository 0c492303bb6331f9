package io.skein.benchmarks.scenario;

import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Series;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import io.skein.cache.CoalescingCache;
import io.skein.load.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Single keys that many threads ask for, gathered into bulk calls: how many there are, and how long keys wait for theirs. */
final class Gathering {
    static final String LIMIT = "limit";
    static final List<String> LABELS = List.of(LIMIT, "skein");

    private static final int CALLERS = 200;
    private static final int MAX_SIZE = 100;
    private static final Duration MAX_DELAY = Duration.ofMillis(2);
    private static final long CALL = 1_000_000;

    private final Table table;
    private final int keys;
    private final Map<Integer, Long> asked = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Double> delays = new ConcurrentLinkedQueue<>();

    /** @param keys asked for in all */
    Gathering(Table table, int keys) {
        this.table = table;
        this.keys = keys;
    }

    void run() {
        rounds(1); // warms up
        asked.clear();
        delays.clear();
        long start = System.nanoTime();
        rounds(2);
        long elapsed = System.nanoTime() - start;
        double delay = (double) MAX_DELAY.toNanos();
        double most = (double) keys / MAX_SIZE + elapsed / delay;
        add("bulk calls", Unit.CALLS, most, delays.size());
        var series = new Series(delays);
        add("first key waits, p50", Unit.MILLISECONDS, delay, series.quantile(0.5));
        add("first key waits, p90", Unit.MILLISECONDS, delay, series.quantile(0.9));
    }

    private void add(String scenario, Unit unit, double limit, double measured) {
        table.add(Row.of(scenario, unit, LIMIT, Map.of(LIMIT, List.of(limit), "skein", List.of(measured))));
    }

    /** Each thread asks for keys of its own, one after the other. */
    private void rounds(int sign) {
        try (var cache = CoalescingCache.<Integer, Integer>builder("gathering")
                .asyncLoader(Batching.of(this::load, MAX_SIZE, MAX_DELAY))
                .build()) {
            var threads = new ArrayList<Thread>();
            var factory = (Threads.VIRTUAL.exist() ? Threads.VIRTUAL : Threads.PLATFORM).factory();
            for (int caller = 0; caller < CALLERS; caller++) {
                int from = caller;
                threads.add(factory.newThread(() -> {
                    for (int i = from; i < keys; i += CALLERS) {
                        int key = sign * keys + i;
                        asked.put(key, System.nanoTime());
                        cache.get(key);
                    }
                }));
            }
            threads.forEach(Thread::start);
            threads.forEach(thread -> Patience.join(thread, "callers to end"));
        }
        if (asked.size() != keys || !asked.values().stream().allMatch(time -> time == 0)) {
            throw new IllegalStateException("not each of " + keys + " keys was in a bulk call");
        }
    }

    private Map<Integer, Integer> load(Set<Integer> wanted) {
        long now = System.nanoTime();
        long first = now;
        var values = new HashMap<Integer, Integer>();
        for (var key : wanted) {
            Long time = asked.replace(key, 0L);
            if (time == null || time == 0) {
                throw new IllegalStateException("key " + key + " is in two bulk calls");
            }
            first = Math.min(first, time);
            values.put(key, key);
        }
        delays.add((double) (now - first));
        LockSupport.parkNanos(CALL);
        return values;
    }
}
