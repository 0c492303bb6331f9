package io.skein.benchmarks;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The command line. */
record Options(boolean help, boolean smoke, Effort effort, Set<Section> sections) {
    static final String USAGE = """
            --full            measure longer
            --only <a,b,...>  only these: %s
            --smoke           no figures, only that all contenders do what they are measured for; a few seconds
            --help            this list
            Without options: the short form, some ten minutes.
            """.formatted(words());

    /** @throws IllegalArgumentException with one line for the user */
    static Options parse(String... args) {
        boolean help = false;
        boolean smoke = false;
        var effort = Effort.SHORT;
        Set<Section> sections = EnumSet.allOf(Section.class);
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--help" -> help = true;
                case "--smoke" -> smoke = true;
                case "--full" -> effort = Effort.FULL;
                case "--only" -> {
                    if (++i == args.length) {
                        throw new IllegalArgumentException("--only needs names: " + words());
                    }
                    sections = sections(args[i]);
                }
                default -> throw new IllegalArgumentException("unknown option " + args[i] + ", --help shows all");
            }
        }
        if (smoke && args.length > 1) {
            throw new IllegalArgumentException("--smoke goes with no other option");
        }
        return new Options(help, smoke, effort, sections);
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
