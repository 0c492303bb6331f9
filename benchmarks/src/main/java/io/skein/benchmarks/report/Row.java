package io.skein.benchmarks.report;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One scenario, measured with several contenders.
 *
 * @param base the contender the others are compared with; null where there is nothing to compare
 * @param figures by the contender's label
 */
public record Row(String scenario, Unit unit, @Nullable String base, Map<String, Figure> figures) {
    public static Row of(
            String scenario, Unit unit, @Nullable String base, Map<String, ? extends Collection<Double>> samples) {
        var figures = new LinkedHashMap<String, Figure>();
        samples.forEach((label, values) -> figures.put(label, new Series(values).figure()));
        return new Row(scenario, unit, base, figures);
    }

    public @Nullable Figure of(@Nullable String contender) {
        return figures.get(contender);
    }
}
