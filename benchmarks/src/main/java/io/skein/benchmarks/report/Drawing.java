package io.skein.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * All that {@code plots.js} must know to draw a plot, in the unit that is shown.
 *
 * @param subtitle the unit, and how to read it
 * @param unit the symbol, where all values have the same
 * @param logarithmic whether the values are; shares are not
 * @param scenarios their names, without what all of them begin with
 * @param notes below the picture
 */
record Drawing(
        String id,
        Plot.Kind kind,
        String title,
        String subtitle,
        String xTitle,
        String unit,
        boolean logarithmic,
        List<String> scenarios,
        List<Line> lines,
        List<String> notes) {
    /**
     * What there is of one contender; the lists after {@code xs} are as long as it or empty.
     *
     * @param label with the mark of a flaw
     * @param xs the scenario's number for bars, its place for curves, seconds for timelines
     * @param texts the values as the tables show them
     */
    record Line(
            String label,
            String colour,
            String symbol,
            boolean ours,
            List<Double> xs,
            List<Double> values,
            List<Double> lows,
            List<Double> highs,
            List<String> texts) {}

    /** Whether nothing of what it shows was measured. */
    @JsonIgnore
    boolean isEmpty() {
        return lines.isEmpty();
    }
}
