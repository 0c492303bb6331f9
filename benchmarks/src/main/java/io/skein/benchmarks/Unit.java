package io.skein.benchmarks;

import java.util.Locale;

/** What a row of the table is counted in. */
enum Unit {
    NANOSECONDS("ns", 1),
    MICROSECONDS("us", 1e-3),
    MILLISECONDS("ms", 1e-6),
    BYTES("B", 1),
    CALLS("calls", 1),
    /** Hundredths of all. */
    POINTS("%", 1);

    final String symbol;
    private final double factor;

    Unit(String symbol, double factor) {
        this.symbol = symbol;
        this.factor = factor;
    }

    /** About three significant digits of a measurement in nanoseconds, bytes or points. */
    String format(double measured) {
        double value = measured * factor;
        if (this == POINTS) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        String pattern = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 || value <= 0 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
