package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.Blocking;
import io.skein.benchmarks.report.Plot;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.EnumSet;
import java.util.List;
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

    void lonely() {
        flight(ONE_THREAD, 1, Blocking.HAND_MADE);
        flight(TWO_THREADS, 2, Blocking.HAND_MADE_PRESIZED);
        table.add(Plot.bars(
                "flight", "Take off, load nothing, land; nobody joins; ns", List.of(ONE_THREAD, TWO_THREADS)));
    }

    private void flight(String scenario, int threads, Blocking base) {
        var contenders = JmhRounds.parameters(Blocking.real(), Blocking::label);
        var measured = jmh.run(FlightBenchmark.class, "flight", threads, contenders, Map.of());
        table.add(Row.of(scenario, Unit.NANOSECONDS, base.label(), measured.nanos()));
        table.add(Row.of(Reads.allocated(scenario), Unit.BYTES, base.label(), measured.bytes()));
    }

    void calls() {
        call("joinAndLeave", "join and leave, async");
        call("forgetFlight", "take off async, forget, land");
        call("forgetNothing", "forget where no flight is");
    }

    private void call(String method, String scenario) {
        var contenders =
                JmhRounds.parameters(EnumSet.of(Async.HAND_MADE, Async.SKEIN, Async.CAFFEINE_ASYNC), Async::label);
        var measured = jmh.run(CallsBenchmark.class, method, 1, contenders, Map.of());
        table.add(Row.of(scenario, Unit.NANOSECONDS, Async.HAND_MADE.label(), measured.nanos()));
    }
}
