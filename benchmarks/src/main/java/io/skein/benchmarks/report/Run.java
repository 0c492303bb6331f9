package io.skein.benchmarks.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * All that one run has measured.
 *
 * @param name of its files, like {@code java-17} or {@code short-java-17}
 * @param form like {@code short} or {@code full}
 */
public record Run(
        String name,
        String form,
        Machine machine,
        Instant started,
        Duration took,
        List<Chapter> chapters,
        List<Verdict> verdicts,
        List<Flaw> flaws,
        List<Setup> setups) {}
