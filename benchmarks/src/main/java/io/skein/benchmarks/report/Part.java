package io.skein.benchmarks.report;

import java.util.List;

/** What one section of a run has found. */
public record Part(Chapter chapter, List<Flaw> flaws) {}
