package io.skein.benchmarks.report;

/**
 * What is kept of the measurements of one thing.
 *
 * @param low the lower quartile
 * @param high the upper quartile
 * @param samples how many measurements there were
 */
public record Figure(double median, double low, double high, double min, double max, int samples) {
    public static Figure of(double single) {
        return new Figure(single, single, single, single, single, 1);
    }

    /** Half the distance between the quartiles, as a share of the median. */
    public double spread() {
        return median == 0 ? 0 : (high - low) / 2 / median;
    }

    public double ratioTo(Figure base) {
        return median / base.median;
    }
}
