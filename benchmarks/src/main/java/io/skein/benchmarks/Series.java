package io.skein.benchmarks;

import java.util.Collection;

/** Measurements of one thing. */
final class Series {
    private final double[] sorted;

    Series(Collection<Double> samples) {
        this.sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no measurements");
        }
    }

    double median() {
        return quantile(0.5);
    }

    /** Half the distance between the quartiles, as a share of the median. */
    double spread() {
        return median() == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / 2 / median();
    }

    double ratioTo(Series base) {
        return median() / base.median();
    }

    double quantile(double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
