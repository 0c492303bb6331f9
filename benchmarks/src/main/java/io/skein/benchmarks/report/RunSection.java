package io.skein.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One run in the HTML page. */
final class RunSection {
    private final Run run;
    private final Flaws flaws;
    private final Map<String, Drawing> drawings = new LinkedHashMap<>();
    private final StringBuilder html = new StringBuilder();

    RunSection(Run run) {
        this.run = run;
        this.flaws = new Flaws(run.flaws());
        var sketch = new Sketch(run);
        html.append("<section class=\"run\" id=\"").append(e(run.name())).append("\">\n");
        head();
        targets();
        answers();
        run.chapters().forEach(chapter -> chapter(chapter, sketch.drawings(chapter)));
        setups();
        html.append("</section>\n");
    }

    String html() {
        return html.toString();
    }

    /** By their ids; the page has a place for each. */
    Map<String, Drawing> drawings() {
        return drawings;
    }

    private void head() {
        element("h2", run.name());
        html.append("<dl>\n");
        fact("Form", run.form());
        fact("Machine", Words.place(run.machine()));
        fact("Java", Words.java(run.machine()));
        fact("Begun", Words.started(run) + ", took " + Words.took(run));
        html.append("</dl>\n");
        element("p", Words.HOW);
        html.append(run.chapters().stream()
                .map(chapter -> "<li><a href=\"#%s\">%s</a></li>".formatted(e(id(chapter)), e(chapter.title())))
                .collect(Collectors.joining("", "<ul class=\"contents\">", "</ul>\n")));
    }

    private void fact(String name, String value) {
        html.append("<div><dt>%s</dt><dd>%s</dd></div>\n".formatted(e(name), e(value)));
    }

    private void targets() {
        if (run.verdicts().isEmpty()) {
            return;
        }
        element("h3", "Targets: " + Words.targets(run));
        open(List.of("target", "wanted", "reached", ""));
        for (var verdict : run.verdicts()) {
            html.append("<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td class=\"%s\">%s</td></tr>\n"
                    .formatted(
                            e(verdict.target()),
                            e(verdict.wanted()),
                            e(verdict.reached()),
                            verdict.met() ? "met" : "missed",
                            verdict.met() ? Words.MET : Words.MISSED));
        }
        close();
    }

    private void answers() {
        element("h3", "Answers");
        if (run.flaws().isEmpty()) {
            element("p", Words.NO_FLAW);
            return;
        }
        element("p", Words.FLAWS);
        open(List.of("contender", "wrong answer"));
        for (var flaw : run.flaws()) {
            html.append("<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n"
                    .formatted(e(flaws.marked(flaw.contender())), e(flaw.what())));
        }
        close();
    }

    private void chapter(Chapter chapter, List<Drawing> pictures) {
        html.append("<h3 id=\"%s\">%s</h3>\n".formatted(e(id(chapter)), e(chapter.title())));
        Words.paragraphs(chapter.text()).forEach(text -> element("p", text));
        for (var drawing : pictures) {
            drawings.put(drawing.id(), drawing);
            html.append("""
                    <figure class="plot" data-run="%1$s" data-plot="%2$s" role="img" aria-label="%3$s">\
                    <noscript><img src="%1$s/%2$s.svg" alt="%3$s"></noscript></figure>
                    """.formatted(e(run.name()), e(drawing.id()), e(drawing.title() + ". " + drawing.subtitle())));
        }
        Grid.of(chapter, flaws).forEach(this::grid);
    }

    private String id(Chapter chapter) {
        return run.name() + "/" + chapter.name();
    }

    private void grid(Grid grid) {
        html.append("<div class=\"table figures\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">%s</th>"
                .formatted(e(grid.corner())));
        grid.heads().forEach(head -> head(head, "col"));
        html.append("</tr></thead>\n<tbody>\n");
        for (var line : grid.lines()) {
            html.append("<tr>");
            head(line.head(), "row");
            line.entries().forEach(this::entry);
            html.append("</tr>\n");
        }
        close();
    }

    private void head(Grid.Head head, String scope) {
        html.append(
                "<th scope=\"%s\"%s>%s</th>".formatted(scope, head.ours() ? " class=\"ours\"" : "", e(head.text())));
    }

    private void entry(Grid.Entry entry) {
        var cell = entry.cell();
        if (cell == null) {
            html.append("<td></td>");
            return;
        }
        html.append("<td>%s <small>%s</small> <b>%s</b>%s</td>"
                .formatted(
                        e(cell.median()), e(cell.spread()), e(cell.ratio()), entry.flawed() ? " " + Flaws.MARK : ""));
    }

    private void setups() {
        if (run.setups().isEmpty()) {
            return;
        }
        element("h3", "Contenders");
        element("p", Words.SETUPS);
        for (var setup : run.setups()) {
            html.append(
                    "<details><summary><b>%s</b> %s <small>%s</small></summary><pre><code>%s</code></pre></details>\n"
                            .formatted(
                                    e(setup.contender()),
                                    e(setup.what()),
                                    e(setup.version()),
                                    e(setup.source().stripTrailing())));
        }
    }

    private void open(List<String> heads) {
        html.append("<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>");
        heads.forEach(head -> html.append("<th scope=\"col\">").append(e(head)).append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
    }

    private void close() {
        html.append("</tbody>\n</table></div>\n");
    }

    private void element(String name, String text) {
        html.append("<%1$s>%2$s</%1$s>\n".formatted(name, e(text)));
    }

    private static String e(String text) {
        return Html.escaped(text);
    }
}
