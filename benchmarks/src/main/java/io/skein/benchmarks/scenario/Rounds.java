package io.skein.benchmarks.scenario;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Contenders in turns: each round has all of them, and begins with another one.
 *
 * @param <C> the contenders
 * @param <T> what one measurement gives
 */
final class Rounds<C, T> {
    private final Map<C, List<T>> samples = new LinkedHashMap<>();
    private final List<C> turn;

    Rounds(Collection<C> contenders) {
        turn = new ArrayList<>(contenders);
        contenders.forEach(contender -> samples.put(contender, new ArrayList<>()));
    }

    /**
     * @param warmups rounds before those that count
     * @param measurement of one contender
     */
    void run(int warmups, int rounds, Function<C, T> measurement) {
        for (int round = -warmups; round < rounds; round++) {
            for (var contender : turn) {
                var measured = measurement.apply(contender);
                if (round >= 0) {
                    samples.computeIfAbsent(contender, c -> new ArrayList<>()).add(measured);
                }
            }
            Collections.rotate(turn, 1);
        }
    }

    /** One figure of each measurement, by label. */
    Map<String, List<Double>> each(Function<C, String> label, Function<T, Double> figure) {
        var figures = new LinkedHashMap<String, List<Double>>();
        samples.forEach((contender, all) ->
                figures.put(label.apply(contender), all.stream().map(figure).toList()));
        return figures;
    }
}
