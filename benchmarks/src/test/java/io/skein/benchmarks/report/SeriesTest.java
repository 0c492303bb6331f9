package io.skein.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
    @Test
    void medianAndSpread_ignoreOutliers() {
        var figure = new Series(List.of(100.0, 9.0, 10.0, 11.0, 0.1)).figure();

        assertThat(figure.median()).isEqualTo(10);
        assertThat(figure.spread()).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void ratio_isThatOfTheMedians() {
        var figure = new Series(List.of(4.0, 6.0)).figure();

        assertThat(figure.ratioTo(new Series(List.of(2.0)).figure())).isEqualTo(2.5);
    }
}
