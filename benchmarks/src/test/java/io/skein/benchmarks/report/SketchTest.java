package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SketchTest {
    @Test
    void bars_whereLessIsBetter_beginWithTheLeast() {
        var drawing = bars(Samples.row("it", Unit.MICROSECONDS, ordered("slow", 9e3, "fast", 1e3, "middling", 5e3)));

        assertThat(labels(drawing)).containsExactly("fast", "middling", "slow");
        assertThat(drawing.subtitle()).isEqualTo("Microseconds on a logarithmic scale, less is better");
        assertThat(drawing.unit()).isEqualTo("µs");
    }

    @Test
    void bars_whereMoreIsBetter_beginWithTheMost() {
        var drawing = bars(Samples.row("it", Unit.PER_SECOND, ordered("slow", 1e3, "fast", 9e3)));

        assertThat(labels(drawing)).containsExactly("fast", "slow");
        assertThat(drawing.subtitle()).contains("more is better");
    }

    @Test
    void bars_whereItCannotBeTold_keepTheOrder() {
        var drawing = bars(Samples.row("it", Unit.POINTS, ordered("b", 60.0, "a", 50.0)));

        assertThat(labels(drawing)).containsExactly("b", "a");
        assertThat(drawing.logarithmic()).isFalse();
    }

    @Test
    void bars_measuredOnlyWhereItIsSlow_areNotWorseForIt() {
        var drawing = bars(
                Samples.row("few", Unit.NANOSECONDS, ordered("everywhere", 10.0)),
                Samples.row("many", Unit.NANOSECONDS, ordered("everywhere", 2_000.0, "sometimes", 1_000.0)));

        assertThat(labels(drawing)).containsExactly("sometimes", "everywhere");
    }

    @Test
    void bars_ofWhatTheTableShowsAsNothing_areNothing() {
        var drawing = bars(Samples.row("it", Unit.BYTES, ordered("a", 1e-5, "b", 24.0)));

        assertThat(drawing.lines().get(0).values()).containsExactly(0.0);
    }

    @Test
    void scenarios_withWordsInCommon_areShortened() {
        var drawing = bars(
                Samples.row("P1 hit, fresh, 1 thread", Unit.NANOSECONDS, ordered("a", 1.0)),
                Samples.row("P1 hit, fresh, 18 threads", Unit.NANOSECONDS, ordered("a", 2.0)));

        assertThat(drawing.scenarios()).containsExactly("1 thread", "18 threads");
    }

    @Test
    void plot_ofScenariosThatWereNotMeasured_isLeftOut() {
        var rows = List.of(Samples.row("there", Unit.NANOSECONDS, ordered("a", 1.0)));
        var run = Samples.runOf(
                rows,
                List.of(),
                Plot.bars("nothing", "Nothing", List.of("elsewhere")),
                Plot.curves("some", "Some", "", List.of("elsewhere", "there"), List.of(1.0, 2.0)));

        var drawings = new Sketch(run).drawings(run.chapters().get(0));

        assertThat(drawings).extracting(Drawing::id).containsExactly("some");
        assertThat(drawings.get(0).lines().get(0).xs()).containsExactly(2.0);
    }

    @Test
    void colours_acrossAllPlots_areTheSameForAContender() {
        var run = Samples.run();
        var sketch = new Sketch(run);
        var colours = new LinkedHashMap<String, String>();

        for (var chapter : run.chapters()) {
            for (var drawing : sketch.drawings(chapter)) {
                for (var line : drawing.lines()) {
                    var before = colours.putIfAbsent(line.label(), line.colour());

                    assertThat(line.colour()).isEqualTo(before == null ? line.colour() : before);
                }
            }
        }

        assertThat(colours.values()).doesNotHaveDuplicates();
    }

    @Test
    void ours_areSkeinAndItsAnnotation() {
        assertThat(Samples.CONTENDERS.stream().filter(Palette::isOurs)).containsExactly("skein", "@Coalesced");
        assertThat(Palette.isOurs("skein singly")).isTrue();
    }

    private static Drawing bars(Row... rows) {
        var names = List.of(rows).stream().map(Row::scenario).toList();
        var run = Samples.runOf(List.of(rows), List.of(), Plot.bars("it", "It", names));
        return new Sketch(run).drawings(run.chapters().get(0)).get(0);
    }

    private static List<String> labels(Drawing drawing) {
        return drawing.lines().stream().map(Drawing.Line::label).toList();
    }

    private static Map<String, Double> ordered(Object... labelsAndMedians) {
        var medians = new LinkedHashMap<String, Double>();
        for (int i = 0; i < labelsAndMedians.length; i += 2) {
            medians.put((String) labelsAndMedians[i], (Double) labelsAndMedians[i + 1]);
        }
        return medians;
    }
}
