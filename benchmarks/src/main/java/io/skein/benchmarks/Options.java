package io.skein.benchmarks;

import io.skein.benchmarks.scenario.Effort;
import io.skein.benchmarks.scenario.Section;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The command line. */
record Options(boolean help, boolean smoke, boolean render, Effort effort, Set<Section> sections, Path report) {
    static final String USAGE = """
            --full            measure longer, three quarters of an hour; its report is there to stay
            --only <a,b,...>  only these: %s
            --report <folder> where the report goes; default: report, in the folder of the benchmarks
            --render          no figures, only the report anew, from the runs that its folder has
            --smoke           no figures, only that all contenders do what they are measured for, and that Skein's answers
                              are right; one minute
            --help            this list
            Without options: all in a short form, less than ten minutes.
            """.formatted(words());

    private static final Path REPORT = Path.of("report");

    /** @throws IllegalArgumentException with one line for the user */
    static Options parse(String... args) {
        boolean help = false;
        boolean smoke = false;
        boolean render = false;
        var effort = Effort.SHORT;
        var report = REPORT;
        Set<Section> sections = EnumSet.allOf(Section.class);
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--help" -> help = true;
                case "--smoke" -> smoke = true;
                case "--render" -> render = true;
                case "--full" -> effort = Effort.FULL;
                case "--only" -> {
                    if (++i == args.length) {
                        throw new IllegalArgumentException("--only needs names: " + words());
                    }
                    sections = sections(args[i]);
                }
                case "--report" -> {
                    if (++i == args.length) {
                        throw new IllegalArgumentException("--report needs a folder");
                    }
                    report = Path.of(args[i]);
                }
                default -> throw new IllegalArgumentException("unknown option " + args[i] + ", --help shows all");
            }
        }
        if (smoke && (render || effort == Effort.FULL || sections.size() < Section.values().length)) {
            throw new IllegalArgumentException("--smoke goes with no other option but --report");
        }
        if (render && (effort == Effort.FULL || sections.size() < Section.values().length)) {
            throw new IllegalArgumentException("--render goes with no other option but --report");
        }
        return new Options(help, smoke, render, effort, sections, report);
    }

    boolean isComplete() {
        return sections.size() == Section.values().length;
    }

    private static Set<Section> sections(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(Options::section)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Section.class)));
    }

    private static Section section(String word) {
        return Arrays.stream(Section.values())
                .filter(section -> section.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("--only does not know \"" + word + "\", only " + words()));
    }

    private static String words() {
        return Arrays.stream(Section.values()).map(Section::word).collect(Collectors.joining(","));
    }
}
