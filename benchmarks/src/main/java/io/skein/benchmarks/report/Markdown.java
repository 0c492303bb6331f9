package io.skein.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page of one run, for those who read it where the source is. */
final class Markdown {
    private final Run run;
    private final Sketch sketch;
    private final Flaws flaws;
    private final StringBuilder page = new StringBuilder();

    private Markdown(Run run, Sketch sketch) {
        this.run = run;
        this.sketch = sketch;
        this.flaws = new Flaws(run.flaws());
    }

    static String of(Run run, Sketch sketch) {
        return new Markdown(run, sketch).page();
    }

    private String page() {
        head();
        targets();
        answers();
        run.chapters().forEach(this::chapter);
        setups();
        return page.toString();
    }

    private void head() {
        paragraph("# Benchmarks: " + escaped(run.name()));
        page.append("- **Form:** ").append(escaped(run.form())).append('\n');
        page.append("- **Machine:** ")
                .append(escaped(Words.place(run.machine())))
                .append('\n');
        page.append("- **Java:** ").append(escaped(Words.java(run.machine()))).append('\n');
        page.append("- **Begun:** ")
                .append(Words.started(run))
                .append(", took ")
                .append(Words.took(run))
                .append("\n\n");
        paragraph(Words.HOW);
    }

    private void targets() {
        if (run.verdicts().isEmpty()) {
            return;
        }
        paragraph("## Targets");
        paragraph(Words.targets(run) + ".");
        table(
                List.of("target", "wanted", "reached", ""),
                run.verdicts().stream()
                        .map(verdict -> List.of(
                                escaped(verdict.target()),
                                escaped(verdict.wanted()),
                                escaped(verdict.reached()),
                                verdict.met() ? Words.MET : "**" + Words.MISSED + "**"))
                        .toList(),
                "---");
    }

    private void answers() {
        paragraph("## Answers");
        if (run.flaws().isEmpty()) {
            paragraph(Words.NO_FLAW);
            return;
        }
        paragraph(Words.FLAWS);
        table(
                List.of("contender", "wrong answer"),
                run.flaws().stream()
                        .map(flaw -> List.of(escaped(flaws.marked(flaw.contender())), escaped(flaw.what())))
                        .toList(),
                "---");
    }

    private void chapter(Chapter chapter) {
        page.append("<a id=\"").append(Html.escaped(chapter.name())).append("\"></a>\n\n");
        paragraph("## " + escaped(chapter.title()));
        Words.paragraphs(chapter.text()).forEach(text -> paragraph(escaped(text)));
        for (var drawing : sketch.drawings(chapter)) {
            paragraph("![%s](%s/%s.svg)".formatted(escaped(drawing.title()), run.name(), drawing.id()));
        }
        Grid.of(chapter, flaws).forEach(this::grid);
    }

    private void grid(Grid grid) {
        var heads = new ArrayList<>(List.of(grid.corner()));
        grid.heads().forEach(head -> heads.add(text(head)));
        Function<Grid.Line, List<String>> cells = line -> Stream.concat(
                        Stream.of(text(line.head())), line.entries().stream().map(Markdown::text))
                .toList();
        table(heads, grid.lines().stream().map(cells).toList(), "---:");
    }

    private static String text(Grid.Head head) {
        return head.ours() ? "**" + escaped(head.text()) + "**" : escaped(head.text());
    }

    private static String text(Grid.Entry entry) {
        var cell = entry.cell();
        if (cell == null) {
            return "";
        }
        return Stream.of(cell.median(), cell.spread(), cell.ratio(), entry.flawed() ? Flaws.MARK : "")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private void setups() {
        if (run.setups().isEmpty()) {
            return;
        }
        paragraph("## Contenders");
        table(
                List.of("contender", "what", "version"),
                run.setups().stream()
                        .map(setup ->
                                List.of(escaped(setup.contender()), escaped(setup.what()), escaped(setup.version())))
                        .toList(),
                "---");
        paragraph(Words.SETUPS);
        for (var setup : run.setups()) {
            paragraph("### " + escaped(setup.contender()));
            var fence = fence(setup.source());
            paragraph(fence + "java\n" + setup.source().stripTrailing() + "\n" + fence);
        }
    }

    /** Longer than any in the source. */
    private static String fence(String source) {
        var fence = "```";
        while (source.contains(fence)) {
            fence += "`";
        }
        return fence;
    }

    private void paragraph(String text) {
        page.append(text).append("\n\n");
    }

    /** @param rule of all columns but the first */
    private void table(List<String> heads, List<List<String>> lines, String rule) {
        line(heads);
        line(Stream.concat(Stream.of("---"), heads.stream().skip(1).map(head -> rule))
                .toList());
        lines.forEach(this::line);
        page.append('\n');
    }

    private void line(List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Plain text, for a paragraph, a heading or a cell. */
    static String escaped(String text) {
        return text.replaceAll("\\s+", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("[\\\\`*_|\\[\\]~#$]", "\\\\$0");
    }
}
