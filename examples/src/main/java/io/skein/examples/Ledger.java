package io.skein.examples;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many units the report of each product has to show at least. Orders are only ever added, so what shows fewer was
 * loaded before an order that has been written here. For one writer, and any number of readers.
 */
final class Ledger {
    private static final int UNITS = 1; // a column of the report

    private final Map<String, Long> owed = new ConcurrentHashMap<>();

    /** The units a report shows, those of all months together. */
    static long units(Report report) {
        return report.rows().stream()
                .mapToLong(month -> Long.parseLong(String.valueOf(month.get(UNITS))))
                .sum();
    }

    /** More units to be shown, from now on. */
    void add(String product, long units) {
        owed.merge(product, units, Long::sum);
    }

    /** How many units must be shown to whoever asks from now on. */
    long owed(String product) {
        return owed.getOrDefault(product, 0L);
    }
}
