package io.skein.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints rows as they come, and keeps them. */
final class Table {
    private static final int SCENARIO = 42;
    private static final int CELL = 18;

    private final PrintStream out;
    private final List<Row> rows = new ArrayList<>();
    private List<String> contenders = List.of();

    Table(PrintStream out) {
        this.out = out;
    }

    void printHead() {
        out.println("Median, half the distance between the quartiles, ratio to the contender marked (x1)");
    }

    /** Begins a part of the table with a column for each of these, unless it has them already. */
    void columns(List<String> labels) {
        if (contenders.equals(labels)) {
            return;
        }
        contenders = labels;
        out.println();
        var line = new StringBuilder(pad("", SCENARIO));
        contenders.forEach(contender -> line.append(pad(contender, CELL)));
        out.println(line.toString().stripTrailing());
    }

    void add(Row row) {
        rows.add(row);
        var line = new StringBuilder(pad(row.scenario() + ", " + row.unit().symbol, SCENARIO));
        contenders.forEach(contender -> line.append(pad(cell(row, contender), CELL)));
        out.println(line.toString().stripTrailing());
        out.flush();
    }

    Optional<Row> find(String scenario) {
        return rows.stream().filter(row -> row.scenario().equals(scenario)).findFirst();
    }

    private static String cell(Row row, String contender) {
        var series = row.of(contender);
        var base = row.of(row.base());
        if (series == null || base == null) {
            return "-";
        }
        var text = row.unit().format(series.median());
        if (row.unit() != Unit.BYTES) {
            text += String.format(Locale.ROOT, " ±%.0f%%", 100 * series.spread());
        }
        if (contender.equals(row.base())) {
            return text + " (x1)";
        }
        return base.median() > 0 ? text + String.format(Locale.ROOT, " x%.2f", series.ratioTo(base)) : text;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
