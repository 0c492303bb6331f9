package io.skein.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes drawings of the plots of a run. */
final class Sketch {
    private static final Pattern NOTHING = Pattern.compile("-?0(\\.0*)?");

    private final Palette palette;
    private final Flaws flaws;

    Sketch(Run run) {
        this.palette = new Palette(run);
        this.flaws = new Flaws(run.flaws());
    }

    /** Without those plots of which nothing was measured. */
    List<Drawing> drawings(Chapter chapter) {
        return chapter.plots().stream()
                .map(plot -> plot.kind() == Plot.Kind.TIMELINE ? timeline(plot) : measured(chapter, plot))
                .filter(drawing -> !drawing.isEmpty())
                .toList();
    }

    private Drawing timeline(Plot plot) {
        var tracks = plot.tracks().stream()
                .filter(track -> track.values().stream().anyMatch(Double::isFinite))
                .toList();
        return new Drawing(
                plot.id(),
                plot.kind(),
                plot.title(),
                Words.sentence(plot.xTitle()) + ", on a logarithmic scale",
                "seconds",
                "",
                true,
                List.of(),
                tracks.stream().map(this::line).toList(),
                flaws.notes(tracks.stream().map(Plot.Track::label).toList()));
    }

    private Drawing measured(Chapter chapter, Plot plot) {
        var spots = spots(chapter, plot);
        var rows = spots.stream().map(Spot::row).toList();
        var units = rows.stream().map(Row::unit).distinct().toList();
        var contenders = chapter.contenders(rows).stream()
                .filter(contender -> rows.stream().anyMatch(row -> isMeasured(row, contender)))
                .toList();
        if (plot.kind() == Plot.Kind.BARS && Words.direction(units) != 0) {
            contenders = bestFirst(contenders, rows, Words.direction(units));
        }
        boolean repeated = rows.stream()
                .flatMap(row -> row.figures().values().stream())
                .anyMatch(figure -> figure.low() < figure.high());
        boolean logarithmic = !units.equals(List.of(Unit.POINTS));
        return new Drawing(
                plot.id(),
                plot.kind(),
                plot.title(),
                Words.scale(units, logarithmic) + (repeated ? "; from quartile to quartile" : ""),
                plot.xTitle(),
                units.size() == 1 ? Words.symbol(units.get(0)) : "",
                logarithmic,
                shortened(rows.stream().map(row -> row.scenario().strip()).toList()),
                contenders.stream()
                        .map(contender -> line(contender, spots, units.size() > 1))
                        .toList(),
                flaws.notes(contenders));
    }

    /** A row, and where on the x axis it belongs. */
    private record Spot(Row row, double x) {}

    /** A scenario that this run did not measure is left out. */
    private static List<Spot> spots(Chapter chapter, Plot plot) {
        var spots = new ArrayList<Spot>();
        for (int i = 0; i < plot.scenarios().size(); i++) {
            for (var row : chapter.rows()) {
                if (row.scenario().equals(plot.scenarios().get(i))) {
                    double x = plot.kind() == Plot.Kind.CURVES ? plot.places().get(i) : spots.size();
                    spots.add(new Spot(row, x));
                    break;
                }
            }
        }
        return spots;
    }

    private static boolean isMeasured(Row row, String contender) {
        var figure = row.of(contender);
        return figure != null && Double.isFinite(figure.median());
    }

    /** By the mean of how far they are from the best of each scenario, so that all scenarios count alike. */
    private static List<String> bestFirst(List<String> contenders, List<Row> rows, int direction) {
        Function<String, Double> distance = contender -> rows.stream()
                .filter(row -> isMeasured(row, contender))
                .mapToDouble(row -> direction * (logarithm(row.of(contender)) - best(row, direction)))
                .average()
                .orElseThrow();
        return contenders.stream().sorted(Comparator.comparing(distance)).toList();
    }

    private static double best(Row row, int direction) {
        return direction
                * row.figures().values().stream()
                        .mapToDouble(figure -> direction * logarithm(figure))
                        .filter(Double::isFinite)
                        .min()
                        .orElse(0);
    }

    private static double logarithm(@Nullable Figure figure) {
        return figure == null ? Double.NaN : Math.log(Math.max(figure.median(), 1e-9));
    }

    private Drawing.Line line(Plot.Track track) {
        var seconds = new ArrayList<Double>();
        var values = new ArrayList<Double>();
        for (int i = 0; i < track.values().size(); i++) {
            if (Double.isFinite(track.values().get(i))) {
                seconds.add(track.seconds().get(i));
                values.add(track.values().get(i));
            }
        }
        return line(track.label(), seconds, values, List.of(), List.of(), List.of());
    }

    private Drawing.Line line(String contender, List<Spot> spots, boolean withUnit) {
        var xs = new ArrayList<Double>();
        var values = new ArrayList<Double>();
        var lows = new ArrayList<Double>();
        var highs = new ArrayList<Double>();
        var texts = new ArrayList<String>();
        for (var spot : spots) {
            var figure = spot.row().of(contender);
            if (figure != null && Double.isFinite(figure.median())) {
                var unit = spot.row().unit();
                xs.add(spot.x());
                values.add(shown(unit, figure.median()));
                lows.add(shown(unit, figure.low()));
                highs.add(shown(unit, figure.high()));
                texts.add(unit.format(figure.median()) + (withUnit ? " " + Words.symbol(unit) : ""));
            }
        }
        return line(contender, xs, values, lows, highs, texts);
    }

    /** What the tables show as nothing is nothing: a logarithmic scale would go down to it. */
    private static double shown(Unit unit, double measured) {
        return NOTHING.matcher(unit.format(measured)).matches() ? 0 : unit.in(measured);
    }

    private Drawing.Line line(
            String label,
            List<Double> xs,
            List<Double> values,
            List<Double> lows,
            List<Double> highs,
            List<String> texts) {
        var look = palette.look(label);
        return new Drawing.Line(
                flaws.marked(label),
                look.colour(),
                look.symbol(),
                Palette.isOurs(label),
                xs,
                values,
                lows,
                highs,
                texts);
    }

    /** Without the words that all begin with, up to a comma. */
    private static List<String> shortened(List<String> names) {
        if (names.size() < 2) {
            return names;
        }
        var common = names.get(0);
        for (var name : names) {
            while (!name.startsWith(common)) {
                common = common.substring(0, common.length() - 1);
            }
        }
        int begin = common.lastIndexOf(", ");
        return begin < 0
                ? names
                : names.stream().map(name -> name.substring(begin + 2)).toList();
    }
}
