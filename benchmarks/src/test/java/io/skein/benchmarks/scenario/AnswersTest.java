package io.skein.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.benchmarks.report.Flaw;
import io.skein.benchmarks.report.Table;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Table table =
            new Table(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

    @Test
    void aWrongAnswerOfSkein_isAnError() {
        var flaw = new Flaw("skein", "keeps what was loaded before invalidate(key)");

        assertThatThrownBy(() -> Answers.note(table, true, flaw, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("skein keeps what was loaded before invalidate(key): 1.0");
    }

    @Test
    void aWrongAnswerOfAnother_isNotedOnce() {
        var flaw = new Flaw("guava", "keeps what was loaded before invalidate(key)");

        Answers.note(table, false, flaw, 1);
        Answers.note(table, false, flaw, 1);

        assertThat(table.flaws()).containsExactly(flaw);
    }
}
