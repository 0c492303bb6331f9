package io.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
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
    void smoke_everyContenderLoadsOncePerFlightAndServesEveryCaller() {
        int exitCode = run("--smoke");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(System.getProperty("java.runtime.version"))
                .contains("P7 waiting async caller")
                .contains("P9 put, same bin")
                .contains("P12 entry beyond caffeine's")
                .contains("hits lost at worst")
                .contains("wait for a load, p99")
                .contains("bulk calls")
                .contains("every flight had one load");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "--fast, \"unknown option --fast, --help shows all\"",
                "--only, \"--only needs names: p1,getall,p2,p3,calls,fanout,memory,p9,p12,hitratio,hedge,batch\"",
                "--only p2;p5, \"--only does not know \"\"p5\"\", only p1,getall,p2,p3,calls,fanout,memory,p9,p12,hitratio,hedge,batch\"",
                "--smoke --full, --smoke goes with no other option",
            })
    void badOptions_endWithOneLineAndCodeTwo(String args, String message) {
        int exitCode = run(args.replace(';', ',').split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(message + System.lineSeparator());
        assertThat(out.size()).isZero();
    }
}
