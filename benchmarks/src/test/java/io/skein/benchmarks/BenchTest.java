package io.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Bench.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    @Test
    void smoke_everyContenderServesEveryCaller_andSkeinsAnswersAreRight(@TempDir Path report) {
        int exitCode = run("--smoke", "--report", report.toString());

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(System.getProperty("java.runtime.version"))
                .contains("loaded before invalidate(key), read after it")
                .contains("P7 waiting async caller")
                .contains("P8 loads for 5 callers")
                .contains("P9 put, same bin")
                .contains("P11 loads per 100 requests")
                .contains("P12 entry beyond caffeine's")
                .contains("the oldest value that was read")
                .contains("hits lost at worst")
                .contains("wait for a load, p99")
                .contains("bulk calls")
                .contains("every flight had one load");
        assertThat(report.resolve("index.html"))
                .content()
                .contains("@Cacheable sync")
                .contains("keeps what was loaded before invalidate(key)");
    }

    @Test
    void only_aSectionInAJvmOfItsOwn_isPrintedAndReported(@TempDir Path report) {
        int exitCode = run("--only", "batch", "--report", report.toString());

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("bulk calls").contains("first key waits, p90");
        var name = "partial-java-" + Runtime.version().feature();
        assertThat(report.resolve(name + ".md")).content().contains("Single keys gathered into bulk calls");
        assertThat(report.resolve(name + ".json")).content().contains("\"first key waits, p90\"");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "--fast, \"unknown option --fast, --help shows all\"",
                "--only, \"--only needs names: WORDS\"",
                "--only hits;p5, \"--only does not know \"\"p5\"\", only WORDS\"",
                "--report, --report needs a folder",
                "--smoke --full, --smoke goes with no other option but --report",
                "--render --only hits, --render goes with no other option but --report",
            })
    void badOptions_endWithOneLineAndCodeTwo(String args, String message) {
        var words =
                "answers,hits,getall,annotated,flights,calls,stampede,failing,mixed,longload,expiry,entries,waiters,"
                        + "hitratio,hedge,batch,streams";

        int exitCode = run(args.replace(';', ',').split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(message.replace("WORDS", words) + System.lineSeparator());
        assertThat(out.size()).isZero();
    }
}
