package io.skein.benchmarks;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sections that JMH measures: flights that nobody joins, and the calls around a flight. */
final class Flights {
    static final String ONE_THREAD = "P2 flight, 1 thread";
    static final String TWO_THREADS = "P3 flight, 2 threads, own keys";

    private final JmhRounds jmh;
    private final Table table;

    Flights(Effort effort, Table table) {
        this.jmh = new JmhRounds(effort);
        this.table = table;
    }

    void oneThread() {
        var measured = jmh.run(FlightBenchmark.class, "flight", 1, blocking());
        table.add(new Row(ONE_THREAD, Unit.NANOSECONDS, Blocking.HAND_MADE.label(), measured.nanos()));
        table.add(new Row("   allocated", Unit.BYTES, Blocking.HAND_MADE.label(), measured.bytes()));
    }

    void twoThreads() {
        var measured = jmh.run(FlightBenchmark.class, "flight", 2, blocking());
        table.add(new Row(TWO_THREADS, Unit.NANOSECONDS, Blocking.HAND_MADE_PRESIZED.label(), measured.nanos()));
    }

    void calls() {
        call("joinAndLeave", "join and leave, async");
        call("forgetFlight", "take off async, forget, land");
        call("forgetNothing", "forget where no flight is");
    }

    private void call(String method, String scenario) {
        var measured = jmh.run(CallsBenchmark.class, method, 1, async());
        table.add(new Row(scenario, Unit.NANOSECONDS, Async.HAND_MADE.label(), measured.nanos()));
    }

    private static Map<String, String> blocking() {
        var labels = new LinkedHashMap<String, String>();
        EnumSet.complementOf(EnumSet.of(Blocking.BARE)).forEach(c -> labels.put(c.name(), c.label()));
        return labels;
    }

    private static Map<String, String> async() {
        var labels = new LinkedHashMap<String, String>();
        EnumSet.complementOf(EnumSet.of(Async.BARE)).forEach(c -> labels.put(c.name(), c.label()));
        return labels;
    }
}
