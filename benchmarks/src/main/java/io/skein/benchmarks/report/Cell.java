package io.skein.benchmarks.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a table says of one contender in one scenario.
 *
 * @param spread like {@code ±3%}; empty where it says nothing
 * @param ratio to the base, like {@code x0.31}; empty without a base
 */
record Cell(String median, String spread, String ratio) {
    static final String BASE = "x1";

    static @Nullable Cell of(Row row, String contender) {
        var figure = row.of(contender);
        return figure == null
                ? null
                : new Cell(row.unit().format(figure.median()), spread(row, figure), ratio(row, contender, figure));
    }

    private static String spread(Row row, Figure figure) {
        return figure.samples() > 1 && row.unit() != Unit.BYTES
                ? String.format(Locale.ROOT, "±%.0f%%", 100 * figure.spread())
                : "";
    }

    private static String ratio(Row row, String contender, Figure figure) {
        var base = row.of(row.base());
        if (base == null || base.median() == 0) {
            return "";
        }
        if (contender.equals(row.base())) {
            return BASE;
        }
        double ratio = figure.ratioTo(base);
        if (ratio < 0.0005) {
            return "x0";
        }
        return String.format(Locale.ROOT, ratio >= 100 ? "x%,.0f" : ratio >= 0.1 ? "x%.2f" : "x%.3f", ratio);
    }
}
