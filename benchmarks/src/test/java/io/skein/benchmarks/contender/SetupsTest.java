package io.skein.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.benchmarks.report.Setup;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SetupsTest {
    @Test
    void everyContender_isShownWithItsSourceAndVersion() {
        var labels = Stream.of(
                        Arrays.stream(Cached.values()).map(Cached::label),
                        Arrays.stream(Blocking.values())
                                .filter(contender -> contender != Blocking.HAND_MADE_PRESIZED)
                                .map(Blocking::label),
                        Arrays.stream(Async.values()).map(Async::label))
                .flatMap(label -> label)
                .collect(Collectors.toSet());

        var setups = Setups.all();

        assertThat(setups.stream().map(Setup::contender).flatMap(names -> Stream.of(names.split(", "))))
                .containsAll(labels);
        assertThat(setups).allSatisfy(setup -> {
            assertThat(setup.version()).doesNotContain("$").doesNotContain("null");
            assertThat(setup.source()).isNotBlank().doesNotContain("import ");
        });
    }
}
