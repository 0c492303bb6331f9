package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarkdownTest {
    @Test
    void page_ofARun_beginsWithWhatWasMeasuredWhere() {
        var page = page(Samples.run());

        assertThat(page)
                .startsWith("""
                        # Benchmarks: java-17

                        - **Form:** full
                        - **Machine:** Intel(R) Xeon(R) CPU @ 2.20GHz, 2 cores, Linux amd64
                        - **Java:** 17.0.15+6 (OpenJDK 64-Bit Server VM), G1 Young Generation and G1 Old Generation
                        - **Begun:** 2026-01-02 03:04 UTC, took 1 h 23 min
                        """)
                .contains("![One hit, by the number of threads](java-17/hits.svg)")
                .contains("<a id=\"fan-out\"></a>\n\n## Landing\n");
    }

    @Test
    void targets_metAndMissed_areTold() {
        assertThat(page(Samples.run())).contains("""
                        1 of 2 met.

                        | target | wanted | reached |  |
                        | --- | --- | --- | --- |
                        | P1 hit, 1 thread | at most x0.50 of caffeine | x0.13 | met |
                        | P4 landing, 1,000 threads | at most x1.10 of bare | x1.31 | **MISSED** |
                        """);
    }

    @Test
    void answers_thatAreWrong_areToldAndMarked() {
        var page = page(Samples.run());

        assertThat(page).contains("| ✗ guava | serves a value older than the invalidation |");
        assertThat(page.lines().filter(line -> line.startsWith("| ✗ guava | 2")))
                .hasSize(1);
    }

    @Test
    void answers_allRight_areTold() {
        assertThat(page(Samples.runOf(List.of(), List.of()))).contains("## Answers\n\n" + Words.NO_FLAW);
    }

    @Test
    void table_ofMoreContendersThanScenarios_hasThemGoDown() {
        var figures = new LinkedHashMap<String, Figure>();
        figures.put("skein", new Figure(1_240, 1_200, 1_300, 1_000, 2_000, 9));
        figures.put("caffeine", new Figure(4_000, 4_000, 4_000, 4_000, 4_000, 9));
        var rows = List.of(new Row("hit", Unit.MICROSECONDS, "caffeine", figures));

        assertThat(page(Samples.runOf(rows, List.of(new Flaw("caffeine", "sleeps")))))
                .contains("""
                        | contender | hit, µs |
                        | --- | ---: |
                        | **skein** | 1.24 ±4% x0.31 |
                        | ✗ caffeine | 4.00 ±0% x1 ✗ |
                        """);
    }

    @Test
    void table_ofMoreScenariosThanContenders_hasThemGoDown() {
        var rows = List.of(
                Samples.row("first", Unit.LOADS, Map.of("skein", 1.0)),
                Samples.row("   second", Unit.BYTES, Map.of("skein", 24.0)));

        assertThat(page(Samples.runOf(rows, List.of()))).contains("""
                        | scenario | **skein** |
                        | --- | ---: |
                        | first, loads | 1 |
                        | second, B | 24.0 |
                        """);
    }

    @Test
    void tables_ofManyScenariosAndContenders_areParted() {
        var medians = new LinkedHashMap<String, Double>();
        IntStream.range(0, 8).forEach(i -> medians.put("contender " + i, 5.0));
        var rows = IntStream.range(0, 10)
                .mapToObj(i -> Samples.row("scenario " + i, Unit.NANOSECONDS, medians))
                .toList();

        var heads = page(Samples.runOf(rows, List.of())).lines().filter(line -> line.startsWith("| contender |"));

        assertThat(heads).containsExactly(head(0, 5), head(5, 10));
    }

    @Test
    void tables_ofOtherContenders_areParted() {
        var rows = List.of(
                Samples.row("blocking", Unit.NANOSECONDS, Map.of("a", 1.0)),
                Samples.row("asynchronous", Unit.NANOSECONDS, Map.of("b", 1.0)));

        assertThat(page(Samples.runOf(rows, List.of()))).contains("| scenario | a |", "| scenario | b |");
    }

    @Test
    void texts_withSigns_areEscaped() {
        var rows = List.of(Samples.row("a|b", Unit.NANOSECONDS, Map.of(Samples.HOSTILE, 1.0)));
        var run = Samples.runOf(rows, List.of(new Flaw(Samples.HOSTILE, "*says* [this](that)")));

        assertThat(page(run))
                .contains("a\\|b, ns")
                .contains("✗ a&lt;b&gt; &amp; \"c\" \\| &lt;/script&gt;")
                .contains("\\*says\\* \\[this\\](that)")
                .doesNotContain("</script>");
    }

    @Test
    void setup_withAFenceInIt_getsALongerOne() {
        var setup = new Setup("one", "What it is", "1.0", "var fence = \"```\";\n");
        var run = new Run(
                "small",
                "short",
                Samples.run().machine(),
                Instant.EPOCH,
                Duration.ZERO,
                List.of(),
                List.of(),
                List.of(),
                List.of(setup));

        assertThat(page(run))
                .contains("| one | What it is | 1.0 |")
                .contains("### one\n\n````java\nvar fence = \"```\";\n````\n");
    }

    private static String head(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "scenario " + i + ", ns | ")
                .reduce("| contender | ", String::concat)
                .strip();
    }

    private static String page(Run run) {
        return Markdown.of(run, new Sketch(run));
    }
}
