package io.skein.benchmarks.scenario;

import io.skein.benchmarks.contender.Async;
import io.skein.benchmarks.contender.AsyncContender;
import io.skein.benchmarks.report.Flaw;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Whether a caller that cancels its future takes others along, with the futures that one gets without further ado. */
final class Cancelled {
    private static final int CALLERS = 10;
    private static final String KEY = "user:42";

    private final Table table;

    Cancelled(Table table) {
        this.table = table;
    }

    void run() {
        var row = new LinkedHashMap<String, List<Double>>();
        for (var kind : Async.values()) {
            if (kind == Async.BARE) {
                continue;
            }
            double failed = failed(kind);
            row.put(kind.label(), List.of(failed));
            if (failed > 0) {
                var flaw = new Flaw(kind.label(), "fails all callers when one cancels its future" + kind.proviso());
                Answers.note(table, kind.isSkein(), flaw, failed);
            }
        }
        table.add(Row.of("callers that fail when one cancels its future", Unit.WRONG, null, row));
    }

    private static double failed(Async kind) {
        var source = new CompletableFuture<Object>();
        try (AsyncContender contender = kind.plain(key -> source)) {
            var callers = IntStream.range(0, CALLERS)
                    .mapToObj(i -> contender.load(KEY))
                    .toList();
            callers.get(1).cancel(true);
            source.complete(GatedLoad.VALUE);
            return callers.stream()
                            .filter(caller -> caller.handle((value, failure) -> failure != null)
                                    .join())
                            .count()
                    - 1.0;
        }
    }
}
