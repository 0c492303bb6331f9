package io.skein.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Scriptable;

/** Draws still pictures with ECharts, which runs in here. For one thread at a time. */
final class Painter {
    /** About as wide as GitHub shows a page. */
    private static final int WIDTH = 800;

    private static final String PAINT = """
            function paint(json, width) {
              var drawing = JSON.parse(json);
              var chart = echarts.init(null, null,
                  { renderer: 'svg', ssr: true, width: width, height: Plots.height(drawing, width, false) });
              chart.setOption(Plots.option(drawing, width, 'light', false));
              var svg = chart.renderToSVGString();
              chart.dispose();
              return svg;
            }
            """;

    /** ECharts counts its instances in the names of clips; the same drawing shall give the same bytes. */
    private static final Pattern INSTANCE = Pattern.compile("(id=\"|url\\(#)zr\\d+-");

    private final Scriptable scope;
    private final Function paint;

    private Painter() {
        try (var context = enter()) {
            scope = context.initSafeStandardObjects();
            // ECharts asks for them when it is loaded; without animation nothing waits for them.
            run(context, "timers", "function setTimeout() {} function clearTimeout() {}");
            run(context, "echarts", Resources.echarts());
            run(context, "plots.js", Resources.own("plots.js"));
            paint = context.compileFunction(scope, PAINT, "paint", 1, null);
        }
    }

    /** Loading ECharts takes a second or two, so one does for all. */
    static Painter instance() {
        return Loaded.PAINTER;
    }

    private static final class Loaded {
        static final Painter PAINTER = new Painter();
    }

    /** The picture as SVG, on white. */
    synchronized String svg(Drawing drawing) {
        try (var context = enter()) {
            var json = Json.MAPPER.writeValueAsString(drawing);
            var svg = Context.toString(paint.call(context, scope, scope, new Object[] {json, WIDTH}));
            return INSTANCE.matcher(svg).replaceAll("$1zr-") + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("could not draw " + drawing.id(), e);
        }
    }

    private static Context enter() {
        var context = Context.enter();
        // ECharts is too large for the methods of a class file.
        context.setInterpretedMode(true);
        context.setLanguageVersion(Context.VERSION_ES6);
        return context;
    }

    private void run(Context context, String name, String script) {
        context.evaluateString(scope, script, name, 1, null);
    }
}
