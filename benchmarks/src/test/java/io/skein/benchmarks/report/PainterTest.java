package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PainterTest {
    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_ofEachKind_saysWhoAndWhat(Plot.Kind kind) throws Exception {
        var drawing = drawings(Samples.run()).stream()
                .filter(candidate -> candidate.kind() == kind)
                .findFirst()
                .orElseThrow();

        var texts = texts(Painter.instance().svg(drawing));

        assertThat(texts)
                .contains(drawing.title(), drawing.subtitle())
                .containsAll(drawing.lines().stream().map(Drawing.Line::label).toList())
                .contains("skein", "✗ guava")
                .anyMatch(text -> text.startsWith("✗ guava") && text.endsWith("older than the invalidation"));
    }

    @Test
    void svg_ofBars_saysAllValuesAndScenarios() throws Exception {
        var drawing = drawings(Samples.run()).get(0);

        var texts = texts(Painter.instance().svg(drawing));

        assertThat(texts)
                .contains("1 thread", "2 threads", "8 threads")
                .containsAll(drawing.lines().stream()
                        .flatMap(line -> line.texts().stream())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_ofTheSameTwice_isTheSame(Plot.Kind kind) {
        var drawing = drawings(Samples.run()).stream()
                .filter(candidate -> candidate.kind() == kind)
                .findFirst()
                .orElseThrow();

        var first = Painter.instance().svg(drawing);
        var second = Painter.instance().svg(drawing);

        assertThat(second).isEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_withZeros_hasNoBrokenNumbers(Plot.Kind kind) throws Exception {
        var some = Map.of("one", 0.0, "other", 30.0);
        var none = Map.of("one", 0.0, "other", 0.0);

        for (var svg : List.of(svg(kind, some, some), svg(kind, none, none))) {
            assertThat(texts(svg)).contains("one", "other");
            assertThat(svg).doesNotContain("NaN", "Infinity", "undefined", "null");
        }
    }

    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_ofOneContender_isDrawn(Plot.Kind kind) throws Exception {
        var svg = svg(kind, Map.of("skein", 4.2), Map.of("skein", 0.17));

        assertThat(texts(svg)).contains("skein");
        assertThat(svg).doesNotContain("NaN", "Infinity", "undefined", "null");
    }

    @ParameterizedTest
    @EnumSource(value = Plot.Kind.class, names = "TIMELINE", mode = EnumSource.Mode.EXCLUDE)
    void svg_withMissingFigures_showsTheOthers(Plot.Kind kind) throws Exception {
        var svg = svg(kind, Map.of("skein", 4.0, "first", 5.0), Map.of("skein", 4.0, "second", 6.0));

        assertThat(texts(svg)).contains("skein", "first", "second");
        assertThat(svg).doesNotContain("NaN", "Infinity", "undefined", "null");
    }

    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_ofAHostileLabel_isWellFormed(Plot.Kind kind) throws Exception {
        var label = "a<b> & \"c\"";

        var texts = texts(svg(kind, Map.of(label, 4.0), Map.of(label, 5.0)));

        assertThat(texts).contains(label);
    }

    @ParameterizedTest
    @EnumSource(Plot.Kind.class)
    void svg_ofVeryLongWords_staysInside(Plot.Kind kind) throws Exception {
        var label = "a contender with a name that is much longer than anybody would like to have it in a plot";

        var texts = texts(svg(kind, Map.of(label, 4.0), Map.of(label, 5.0)));

        assertThat(texts).anyMatch(text -> text.startsWith("a contender with") && text.endsWith("…"));
    }

    @Test
    void svg_ofManyContenders_isHigher() throws Exception {
        var many = new LinkedHashMap<String, Double>();
        for (int i = 0; i < 20; i++) {
            many.put("contender " + i, 10.0 + i);
        }

        int few = height(svg(Plot.Kind.BARS, Map.of("one", 1.0), Map.of("one", 2.0)));
        int all = height(svg(Plot.Kind.BARS, many, many));

        assertThat(all).isGreaterThan(few + 19 * 24);
    }

    private static int height(String svg) throws Exception {
        return (int) Double.parseDouble(parsed(svg).getDocumentElement().getAttribute("height"));
    }

    /** Of two scenarios, or of one track for each contender that goes from the first to the second. */
    private static String svg(Plot.Kind kind, Map<String, Double> first, Map<String, Double> second) {
        var names = List.of("first", "second");
        var rows =
                List.of(Samples.row("first", Unit.NANOSECONDS, first), Samples.row("second", Unit.NANOSECONDS, second));
        var plot = switch (kind) {
            case BARS -> Plot.bars("it", "It", names);
            case CURVES -> Plot.curves("it", "It", "places", names, List.of(1.0, 8.0));
            case TIMELINE ->
                Plot.timeline(
                        "it",
                        "It",
                        "values",
                        first.keySet().stream()
                                .map(label -> new Plot.Track(
                                        label, List.of(0.0, 1.0), List.of(first.get(label), second.get(label))))
                                .toList());
        };
        return Painter.instance()
                .svg(drawings(Samples.runOf(rows, List.of(), plot)).get(0));
    }

    private static List<Drawing> drawings(Run run) {
        var sketch = new Sketch(run);
        return run.chapters().stream()
                .flatMap(chapter -> sketch.drawings(chapter).stream())
                .toList();
    }

    private static List<String> texts(String svg) throws Exception {
        var elements = parsed(svg).getElementsByTagName("text");
        var texts = new ArrayList<String>();
        Stream.iterate(0, i -> i < elements.getLength(), i -> i + 1)
                .forEach(i -> texts.add(elements.item(i).getTextContent()));
        return texts;
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
