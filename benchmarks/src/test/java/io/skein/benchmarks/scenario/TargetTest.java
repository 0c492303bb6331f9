package io.skein.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.benchmarks.report.Figure;
import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Unit;
import io.skein.benchmarks.report.Verdict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TargetTest {
    private static Map<String, Row> rows(Row... rows) {
        return Arrays.stream(rows).collect(Collectors.toMap(Row::scenario, row -> row));
    }

    private static Row row(String scenario, Unit unit, Map<String, Double> medians) {
        var figures = new LinkedHashMap<String, Figure>();
        medians.forEach((label, median) -> figures.put(label, Figure.of(median)));
        return new Row(scenario, unit, null, figures);
    }

    @Test
    void againstAContender_comparesTheMedians() {
        var measured = rows(row("hit", Unit.NANOSECONDS, Map.of("skein", 40.0, "caffeine", 100.0)));

        assertThat(new Target("hit", "skein", 0.5, "hit", "caffeine").verdict(measured))
                .contains(new Verdict("hit", "<= 0.5 x caffeine", "0.40 x (40.0 ns)", true));
        assertThat(new Target("hit", "skein", 0.3, "hit", "caffeine").verdict(measured))
                .hasValueSatisfying(verdict -> assertThat(verdict.met()).isFalse());
    }

    @Test
    void againstTheBestOfTheOthers_ourOwnDoNotCount_andMoreIsBetterWhereItIsAGain() {
        var measured = rows(
                row("p99", Unit.MICROSECONDS, Map.of("skein", 900.0, "@Coalesced", 1.0, "a", 1_000.0, "b", 2_000.0)),
                row(
                        "requests",
                        Unit.PER_SECOND,
                        Map.of("skein", 900.0, "@Coalesced", 1e9, "a", 1_000.0, "b", 2_000.0)));

        assertThat(new Target("p99", "skein", 1, "p99", null).verdict(measured))
                .contains(new Verdict("p99", "<= 1 x the best other", "0.90 x (0.900 us)", true));
        assertThat(new Target("requests", "skein", 1, "requests", null).verdict(measured))
                .contains(new Verdict("requests", ">= 1 x the best other", "0.45 x (0.900 k/s)", false));
    }

    @Test
    void absolute_isInTheUnitOfTheRow_andAShareOfAByteIsNoMiss() {
        var measured = rows(
                row("entry", Unit.BYTES, Map.of("skein", 48.2)),
                row("last", Unit.MILLISECONDS, Map.of("skein", 221e6)));

        assertThat(new Target("entry", "skein", 48, null, null).verdict(measured))
                .contains(new Verdict("entry", "<= 48 B", "48.2 B", true));
        assertThat(new Target("last", "skein", 220e6, null, null).verdict(measured))
                .contains(new Verdict("last", "<= 220 ms", "221 ms", false));
    }

    @Test
    void withoutTheRow_thereIsNoVerdict_withoutTheContenderThereIsAnError() {
        var target = new Target("hit", "skein", 1, "hit", "caffeine");

        assertThat(target.verdict(Map.of())).isEmpty();
        assertThatThrownBy(() -> target.verdict(rows(row("hit", Unit.NANOSECONDS, Map.of("caffeine", 1.0)))))
                .hasMessage("hit was measured without skein");
        assertThatThrownBy(() -> target.verdict(rows(row("hit", Unit.NANOSECONDS, Map.of("skein", 1.0)))))
                .hasMessage("hit was measured without caffeine");
    }
}
