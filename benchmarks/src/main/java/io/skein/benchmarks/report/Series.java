package io.skein.benchmarks.report;

import java.util.Collection;

/** Measurements of one thing. */
public final class Series {
    private final double[] sorted;

    public Series(Collection<Double> samples) {
        this.sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no measurements");
        }
    }

    public double quantile(double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    public Figure figure() {
        return new Figure(quantile(0.5), quantile(0.25), quantile(0.75), quantile(0), quantile(1), sorted.length);
    }
}
