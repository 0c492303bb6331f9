package io.skein.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One scenario, measured with several contenders.
 *
 * @param base the contender the others are compared with
 * @param measured by the contender's label
 */
record Row(String scenario, Unit unit, String base, Map<String, Series> measured) {
    @Nullable
    Series of(String contender) {
        return measured.get(contender);
    }
}
