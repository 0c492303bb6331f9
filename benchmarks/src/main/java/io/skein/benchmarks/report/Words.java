package io.skein.benchmarks.report;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Phrases that the pages and the plots have in common. */
final class Words {
    static final String HOW =
            "Contenders take turns within a scenario, so that what slows the machine for a while slows all of them "
                    + "alike. Each figure is the median of the measurements (for what JMH measures, of the iterations of "
                    + "several JVMs), "
                    + "± half the distance between the quartiles, as a share of the median; then the ratio to the contender "
                    + "with " + Cell.BASE + ". " + Flaws.MARK + " marks a contender that gave a wrong answer.";

    static final String MET = "met";
    static final String MISSED = "MISSED";
    static final String NO_FLAW =
            "No wrong answer was noted in this run. The answers section asks for them, if it was run.";
    static final String FLAWS = "A contender that gave a wrong answer is measured all the same, and marked.";
    static final String SETUPS = "How each of them is made, as it stands in the source.";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    static String started(Run run) {
        return MINUTE.format(run.started());
    }

    static String took(Run run) {
        return duration(run.took());
    }

    private static String duration(Duration took) {
        if (took.toHours() > 0) {
            return "%d h %d min".formatted(took.toHours(), took.toMinutesPart());
        }
        return took.toMinutes() > 0
                ? "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart())
                : "%d s".formatted(took.toSeconds());
    }

    static String place(Machine machine) {
        return Stream.of(machine.processor(), machine.cores() + " cores", machine.system())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    static String java(Machine machine) {
        return "%s (%s), %s".formatted(machine.java(), machine.vm(), machine.collectors());
    }

    /** The paragraphs of a plain text, which blank lines part. */
    static List<String> paragraphs(String text) {
        return Stream.of(text.strip().split("\\n\\s*\\n"))
                .filter(paragraph -> !paragraph.isBlank())
                .toList();
    }

    /** How many targets were met. */
    static String targets(Run run) {
        long met = run.verdicts().stream().filter(Verdict::met).count();
        return run.verdicts().isEmpty()
                ? "none"
                : "%d of %d met".formatted(met, run.verdicts().size());
    }

    static String symbol(Unit unit) {
        return unit == Unit.MICROSECONDS ? "µs" : unit.symbol();
    }

    /** The units, how they are drawn, and what is better. */
    static String scale(List<Unit> units, boolean logarithmic) {
        var names = units.stream().map(Words::name).collect(Collectors.joining(" and "));
        var better = switch (direction(units)) {
            case 1 -> ", less is better";
            case -1 -> ", more is better";
            default -> "";
        };
        return sentence(names) + (logarithmic ? " on a logarithmic scale" : "") + better;
    }

    /** 1 where less is better, -1 where more is, 0 where the units do not tell. */
    static int direction(List<Unit> units) {
        return units.size() == 1 ? direction(units.get(0)) : 0;
    }

    private static int direction(Unit unit) {
        return switch (unit) {
            case PER_SECOND -> -1;
            case POINTS, CALLS -> 0;
            default -> 1;
        };
    }

    private static String name(Unit unit) {
        return switch (unit) {
            case PER_SECOND -> "thousands per second";
            case POINTS -> "per cent";
            default -> unit.name().toLowerCase(Locale.ROOT);
        };
    }

    static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    static String sentence(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
