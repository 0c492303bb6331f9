package io.skein.benchmarks.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of a chapter. Contenders go down where there are more of them than of scenarios or than fit beside each other.
 *
 * @param corner what goes down
 */
record Grid(String corner, List<Head> heads, List<Line> lines) {
    private static final int WIDEST = 6;

    /** @param text with the unit of a scenario, or the mark of a flaw */
    record Head(String text, boolean ours) {}

    record Line(Head head, List<Entry> entries) {}

    /** @param cell null where nothing was measured */
    record Entry(@Nullable Cell cell, boolean flawed) {}

    /** One, or some where it would get too wide or where other contenders are compared further down. */
    static List<Grid> of(Chapter chapter, Flaws flaws) {
        var grids = new ArrayList<Grid>();
        var together = new ArrayList<Row>();
        for (var row : chapter.rows()) {
            if (!together.isEmpty() && !belong(together, row)) {
                grids.addAll(of(chapter, List.copyOf(together), flaws));
                together.clear();
            }
            together.add(row);
        }
        if (!together.isEmpty()) {
            grids.addAll(of(chapter, List.copyOf(together), flaws));
        }
        return grids;
    }

    /** Whether most contenders of the row were in the rows before, and the other way round. */
    private static boolean belong(List<Row> rows, Row next) {
        var before = new HashSet<String>();
        rows.forEach(row -> before.addAll(row.figures().keySet()));
        var shared = new HashSet<>(before);
        shared.retainAll(next.figures().keySet());
        return 2 * shared.size() >= Math.max(before.size(), next.figures().size());
    }

    private static List<Grid> of(Chapter chapter, List<Row> rows, Flaws flaws) {
        var contenders = chapter.contenders(rows);
        if (contenders.size() <= WIDEST && contenders.size() <= rows.size()) {
            return List.of(scenariosDown(contenders, rows, flaws));
        }
        var grids = new ArrayList<Grid>();
        int tables = (rows.size() + WIDEST - 1) / WIDEST;
        for (int i = 0; i < tables; i++) {
            // As many columns in each, not a last one with the rest.
            var part = rows.subList(i * rows.size() / tables, (i + 1) * rows.size() / tables);
            grids.add(contendersDown(chapter.contenders(part), part, flaws));
        }
        return grids;
    }

    private static Grid contendersDown(List<String> contenders, List<Row> rows, Flaws flaws) {
        var lines = contenders.stream()
                .map(contender -> new Line(
                        head(contender, flaws),
                        rows.stream().map(row -> entry(row, contender, flaws)).toList()))
                .toList();
        return new Grid("contender", rows.stream().map(Grid::head).toList(), lines);
    }

    private static Grid scenariosDown(List<String> contenders, List<Row> rows, Flaws flaws) {
        var lines = rows.stream()
                .map(row -> new Line(
                        head(row),
                        contenders.stream()
                                .map(contender -> entry(row, contender, flaws))
                                .toList()))
                .toList();
        return new Grid(
                "scenario",
                contenders.stream().map(contender -> head(contender, flaws)).toList(),
                lines);
    }

    private static Head head(String contender, Flaws flaws) {
        return new Head(flaws.marked(contender), Palette.isOurs(contender));
    }

    private static Head head(Row row) {
        return new Head(row.scenario().strip() + ", " + Words.symbol(row.unit()), false);
    }

    private static Entry entry(Row row, String contender, Flaws flaws) {
        return new Entry(Cell.of(row, contender), flaws.has(contender));
    }
}
