package io.skein.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfTest {
    @Test
    void draws_fallOffWithTheRank() {
        int[] draws = new Zipf(1, 3).draws(110_000, new SplittableRandom(1));

        assertThat(share(draws, 0)).isCloseTo(6 / 11.0, within(0.01));
        assertThat(share(draws, 1)).isCloseTo(3 / 11.0, within(0.01));
        assertThat(share(draws, 2)).isCloseTo(2 / 11.0, within(0.01));
    }

    private static double share(int[] draws, int number) {
        return (double) Arrays.stream(draws).filter(drawn -> drawn == number).count() / draws.length;
    }
}
