package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Comparator<Double> TO_FIVE_DIGITS =
            (one, other) -> Math.abs(one - other) <= 1e-4 * Math.abs(one) ? 0 : Double.compare(one, other);

    @TempDir
    Path directory;

    @Test
    void readAll_ofWhatWasWritten_givesItBack() {
        Results.write(directory, Samples.run());

        var read = Results.readAll(directory);

        assertThat(read).hasSize(1);
        assertThat(read.get(0))
                .usingRecursiveComparison()
                .withComparatorForType(TO_FIVE_DIGITS, Double.class)
                .isEqualTo(Samples.run());
    }

    @Test
    void write_ofLongFigures_roundsThemAndKeepsALineForEach() throws IOException {
        Results.write(directory, Samples.run());

        var json = Files.readString(directory.resolve("java-17.json"));

        assertThat(json).hasSizeLessThan(100_000).contains("\"took\" : \"PT1H23M\"");
        assertThat(json.lines().filter(line -> line.contains("\"median\"")))
                .allMatch(
                        line -> line.matches(" +\".*\" : \\{ \"median\" : [0-9.E-]{1,12}, .* \"samples\" : \\d+ },?"));
    }

    @Test
    void readAll_ofManyFiles_sortsByName() throws IOException {
        Results.write(directory, Samples.run());
        Files.copy(directory.resolve("java-17.json"), directory.resolve("java-17-before.json"));
        Files.writeString(directory.resolve("notes.txt"), "no run");

        var read = Results.readAll(directory);

        assertThat(read).extracting(Run::name).containsExactly("java-17", "java-17-before");
    }

    @Test
    void readAll_ofBrokenJson_namesTheFile() throws IOException {
        Files.writeString(directory.resolve("broken.json"), "{ \"name\" : \n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.readAll(directory))
                .withMessageContaining("broken.json holds no run")
                .withMessageContaining("line 2");
    }

    @Test
    void readAll_withoutAField_namesTheFileAndTheField() throws IOException {
        Results.write(directory, Samples.run());
        var file = directory.resolve("java-17.json");
        Files.writeString(file, Files.readString(file).replace("\"form\" : \"full\",", ""));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.readAll(directory))
                .withMessageContaining("java-17.json holds no run")
                .withMessageContaining("form");
    }

    @Test
    void readAll_ofNull_namesTheFile() throws IOException {
        Files.writeString(directory.resolve("empty.json"), "null");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.readAll(directory))
                .withMessageContaining("empty.json holds no run");
    }

    @Test
    void write_withANameThatLeadsElsewhere_isRefused() {
        var run = Samples.named("../elsewhere");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.write(directory, run))
                .withMessageContaining("../elsewhere");
    }
}
