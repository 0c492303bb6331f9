package io.skein.benchmarks.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints rows as they come, and keeps them and the plots. */
public final class Table {
    private static final int SCENARIO = 42;
    private static final int CELL = 19;

    private final PrintStream out;
    private final List<Row> rows = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();
    private final List<Flaw> flaws = new ArrayList<>();
    private List<String> contenders = List.of();

    public Table(PrintStream out) {
        this.out = out;
    }

    /** Begins a part of the table with a column for each of these. */
    public void begin(String title, List<String> labels) {
        contenders = labels;
        out.println();
        out.println(title);
        var line = new StringBuilder(pad("", SCENARIO));
        contenders.forEach(contender -> line.append(pad(contender, CELL)));
        out.println(line.toString().stripTrailing());
        out.flush();
    }

    public void add(Row row) {
        rows.add(row);
        var line = new StringBuilder(pad(row.scenario() + ", " + row.unit().symbol(), SCENARIO));
        contenders.forEach(contender -> line.append(pad(cell(row, contender), CELL)));
        out.println(line.toString().stripTrailing());
        out.flush();
    }

    public void add(Plot plot) {
        plots.add(plot);
    }

    /** Notes a wrong answer, once. */
    public void add(Flaw flaw) {
        if (!flaws.contains(flaw)) {
            flaws.add(flaw);
        }
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    public List<Plot> plots() {
        return List.copyOf(plots);
    }

    public List<Flaw> flaws() {
        return List.copyOf(flaws);
    }

    public Optional<Row> find(String scenario) {
        return rows.stream().filter(row -> row.scenario().equals(scenario)).findFirst();
    }

    private static String cell(Row row, String contender) {
        var cell = Cell.of(row, contender);
        if (cell == null) {
            return "-";
        }
        var ratio = cell.ratio().equals(Cell.BASE) ? "(" + Cell.BASE + ")" : cell.ratio();
        return Stream.of(cell.median(), cell.spread(), ratio)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
