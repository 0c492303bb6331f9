package io.skein.benchmarks.report;

import java.util.Collection;
import java.util.List;

/** The wrong answers of a run, and how they are marked. */
record Flaws(List<Flaw> all) {
    static final String MARK = "✗";

    boolean has(String contender) {
        return all.stream().anyMatch(flaw -> flaw.contender().equals(contender));
    }

    String marked(String contender) {
        return has(contender) ? MARK + " " + contender : contender;
    }

    /** One line for each kind, with those of these contenders that have it. */
    List<String> notes(Collection<String> contenders) {
        return all.stream()
                .filter(flaw -> contenders.contains(flaw.contender()))
                .map(Flaw::what)
                .distinct()
                .map(what -> "%s %s: %s".formatted(MARK, String.join(", ", contenders(contenders, what)), what))
                .toList();
    }

    private List<String> contenders(Collection<String> among, String what) {
        return all.stream()
                .filter(flaw -> flaw.what().equals(what) && among.contains(flaw.contender()))
                .map(Flaw::contender)
                .distinct()
                .toList();
    }
}
