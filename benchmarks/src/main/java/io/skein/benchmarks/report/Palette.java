package io.skein.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Gives each contender of a run the same colour and symbol in all plots; strong ones to Skein. */
final class Palette {
    private static final String[] OURS = {
        "#e0451f", "#d01f78", "#f08c00", "#8e3fd1", "#1f6fe0", "#0a9a6e", "#a3161a", "#c45cf0"
    };
    private static final String[] OTHERS = {
        "#5b7fa6", "#6f9a6a", "#9a7fb5", "#b08a5e", "#4f9a9a", "#8a8f98", "#a3a04e", "#4f6b99", "#b57f8c", "#7b6a58",
        "#7fb0cc", "#4d7a5b"
    };
    private static final String[] SYMBOLS = {"circle", "rect", "triangle", "diamond", "emptyCircle"};

    private final Map<String, Look> looks = new LinkedHashMap<>();
    private int ours;
    private int others;

    /** @param symbol one of those that ECharts knows */
    record Look(String colour, String symbol) {}

    Palette(Run run) {
        run.setups().forEach(setup -> look(setup.contender()));
        for (var chapter : run.chapters()) {
            chapter.contenders().forEach(this::look);
            chapter.plots().forEach(plot -> plot.tracks().forEach(track -> look(track.label())));
        }
    }

    Look look(String contender) {
        var known = looks.get(contender);
        if (known != null) {
            return known;
        }
        var colour = isOurs(contender) ? OURS[ours++ % OURS.length] : OTHERS[others++ % OTHERS.length];
        var look = new Look(colour, SYMBOLS[looks.size() % SYMBOLS.length]);
        looks.put(contender, look);
        return look;
    }

    static boolean isOurs(String contender) {
        return contender.toLowerCase(Locale.ROOT).startsWith("skein") || contender.startsWith("@Coalesced");
    }
}
