package io.skein.benchmarks.scenario;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Numbers from 0 on, of which the i-th is drawn in proportion to {@code 1 / (i + 1) ^ exponent}. */
final class Zipf {
    private final double[] sums;

    Zipf(double exponent, int numbers) {
        this.sums = new double[numbers];
        double sum = 0;
        for (int i = 0; i < numbers; i++) {
            sum += Math.pow(i + 1, -exponent);
            sums[i] = sum;
        }
    }

    int draw(RandomGenerator random) {
        int place = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
        return Math.min(sums.length - 1, place < 0 ? -place - 1 : place);
    }

    int[] draws(int count, RandomGenerator random) {
        var draws = new int[count];
        Arrays.setAll(draws, i -> draw(random));
        return draws;
    }
}
