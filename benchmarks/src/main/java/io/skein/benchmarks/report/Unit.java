package io.skein.benchmarks.report;

import java.util.Locale;

/** What a row of the table is counted in. */
public enum Unit {
    NANOSECONDS("ns", 1),
    MICROSECONDS("us", 1e-3),
    MILLISECONDS("ms", 1e-6),
    BYTES("B", 1),
    CALLS("calls", 1),
    LOADS("loads", 1),
    /** Answers that should not have been. */
    WRONG("wrong", 1),
    PER_SECOND("k/s", 1e-3),
    MEGABYTES_PER_SECOND("MB/s", 1e-6),
    /** Hundredths of all. */
    POINTS("%", 1);

    private final String symbol;
    private final double factor;

    Unit(String symbol, double factor) {
        this.symbol = symbol;
        this.factor = factor;
    }

    public String symbol() {
        return symbol;
    }

    /** What a measurement in nanoseconds, bytes, calls, or per second is in this unit. */
    public double in(double measured) {
        return measured * factor;
    }

    /** Whether more is better. */
    public boolean gains() {
        return this == PER_SECOND || this == MEGABYTES_PER_SECOND;
    }

    /** About three significant digits of a measurement in nanoseconds, bytes or points. */
    public String format(double measured) {
        double value = in(measured);
        if (this == POINTS) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        if ((this == LOADS || this == CALLS || this == WRONG) && value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        String pattern = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 || value <= 0 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
