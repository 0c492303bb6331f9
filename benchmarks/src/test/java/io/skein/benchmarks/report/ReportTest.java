package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path directory;

    @Test
    void write_ofARun_makesAPageItsPicturesAndAnIndex() throws IOException {
        Results.write(directory, Samples.run());

        Report.write(directory);

        assertThat(files().keySet())
                .containsExactlyInAnyOrder(
                        "README.md",
                        "index.html",
                        "java-17.json",
                        "java-17.md",
                        "java-17/hits.svg",
                        "java-17/hits-bytes.svg",
                        "java-17/landing.svg",
                        "java-17/halt.svg",
                        "java-17/loop-hits.svg",
                        "java-17/throughput.svg");
        assertThat(files().get("README.md"))
                .contains("| [java-17](java-17.md) | full | 2026-01-02 03:04 UTC | 1 h 23 min |", "1 of 2 met | 3 |")
                .contains("- [Landing](java-17.md#fan-out): 5 scenarios, 11 contenders");
    }

    @Test
    void write_twice_givesTheSameBytes() throws IOException {
        Results.write(directory, Samples.run());
        Results.write(directory, Samples.named("java-25"));
        Report.write(directory);
        var first = files();

        Report.write(directory);

        assertThat(files()).isEqualTo(first);
    }

    @Test
    void write_afterAPlotIsGone_removesItsPictureAndNothingElse() throws IOException {
        Results.write(directory, Samples.run());
        var pictures = Files.createDirectories(directory.resolve("java-17"));
        Files.writeString(pictures.resolve("gone.svg"), "<svg/>");
        Files.writeString(pictures.resolve("notes.txt"), "kept");

        Report.write(directory);

        assertThat(pictures.resolve("gone.svg")).doesNotExist();
        assertThat(pictures.resolve("notes.txt")).exists();
        assertThat(pictures.resolve("hits.svg")).exists();
    }

    @Test
    void write_withoutRuns_saysSo() throws IOException {
        Report.write(directory);

        assertThat(files().get("README.md")).contains("There is no run yet.");
    }

    @Test
    void write_withTwoPlotsOfOneId_isRefused() {
        var rows = List.of(Samples.row("it", Unit.NANOSECONDS, Map.of("a", 1.0)));
        var plot = Plot.bars("same", "It", List.of("it"));
        Results.write(directory, Samples.runOf(rows, List.of(), plot, plot));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Report.write(directory))
                .withMessage("two plots of small have the id same");
    }

    private Map<String, String> files() throws IOException {
        var files = new TreeMap<String, String>();
        try (var all = Files.walk(directory)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
        }
        return files;
    }
}
