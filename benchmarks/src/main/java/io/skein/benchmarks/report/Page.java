package io.skein.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One HTML page with all runs and all it needs: it asks nothing of any network. */
final class Page {
    private Page() {}

    static String of(List<Run> runs) {
        var sections = new StringBuilder();
        var drawings = new LinkedHashMap<String, Map<String, Drawing>>();
        for (var run : runs) {
            var section = new RunSection(run);
            sections.append(section.html());
            drawings.put(run.name(), section.drawings());
        }
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>Skein benchmarks</title>
                <style>
                %s</style>
                </head>
                <body>
                <header>
                <h1>Skein benchmarks</h1>
                <nav aria-label="Runs">%s</nav>
                </header>
                <main>
                %s</main>
                <script type="application/json" id="drawings">%s</script>
                <script>
                %s
                </script>
                <script>
                %s</script>
                <script>
                %s</script>
                </body>
                </html>
                """.formatted(
                        Resources.own("page.css"),
                        links(runs),
                        sections,
                        json(drawings),
                        script(Resources.echarts()),
                        script(Resources.own("plots.js")),
                        script(Resources.own("page.js")));
    }

    private static String links(List<Run> runs) {
        return runs.isEmpty()
                ? "There is no run yet."
                : runs.stream()
                        .map(run -> "<a href=\"#%1$s\">%1$s</a>".formatted(Html.escaped(run.name())))
                        .collect(Collectors.joining(" "));
    }

    /** Nothing in it can end the element that it is in. */
    private static String json(Object drawings) {
        try {
            return Json.MAPPER.writeValueAsString(drawings).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("could not write the drawings", e);
        }
    }

    private static String script(String source) {
        return source.replace("</script", "<\\/script");
    }
}
