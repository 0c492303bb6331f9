package io.skein.benchmarks.report;

import java.util.List;

/** The README of the directory: which runs there are, and what is in them. */
final class Index {
    private Index() {}

    static String of(List<Run> runs) {
        var page = new StringBuilder("# Benchmark results\n\n");
        page.append(
                        "Made from the JSON files here, as is all else. `index.html` shows the same with plots to explore; ")
                .append("open it in a browser, it needs no network.\n\n");
        if (runs.isEmpty()) {
            return page.append("There is no run yet.\n").toString();
        }
        page.append("| run | form | begun | took | machine | Java | targets | wrong answers |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (var run : runs) {
            page.append("| [%s](%s.md) | %s | %s | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            Markdown.escaped(run.name()),
                            run.name(),
                            Markdown.escaped(run.form()),
                            Words.started(run),
                            Words.took(run),
                            Markdown.escaped(Words.place(run.machine())),
                            Markdown.escaped(run.machine().java()),
                            Words.targets(run),
                            run.flaws().isEmpty() ? "none" : run.flaws().size()));
        }
        runs.forEach(run -> contents(page, run));
        return page.toString();
    }

    private static void contents(StringBuilder page, Run run) {
        page.append("\n## ").append(Markdown.escaped(run.name())).append("\n\n");
        for (var chapter : run.chapters()) {
            page.append("- [%s](%s.md#%s): %s, %s\n"
                    .formatted(
                            Markdown.escaped(chapter.title()),
                            run.name(),
                            Html.escaped(chapter.name()),
                            Words.count(chapter.rows().size(), "scenario"),
                            Words.count(chapter.contenders().size(), "contender")));
        }
    }
}
