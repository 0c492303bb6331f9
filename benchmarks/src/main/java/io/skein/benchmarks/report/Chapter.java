package io.skein.benchmarks.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was measured in one section.
 *
 * @param name on the command line
 * @param title a few words
 * @param text what is measured, and how
 * @param contenders the columns of its table
 */
public record Chapter(
        String name, String title, String text, List<String> contenders, List<Row> rows, List<Plot> plots) {
    /** Those that are in any of these rows, in the order of the chapter. */
    List<String> contenders(List<Row> among) {
        var measured =
                among.stream().flatMap(row -> row.figures().keySet().stream()).collect(Collectors.toSet());
        var others = among.stream().flatMap(row -> row.figures().keySet().stream());
        return Stream.concat(contenders.stream(), others)
                .distinct()
                .filter(measured::contains)
                .toList();
    }
}
