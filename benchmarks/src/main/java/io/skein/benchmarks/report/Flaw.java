package io.skein.benchmarks.report;

/**
 * A wrong answer of a contender, for which its figures are marked.
 *
 * @param what a few words, like {@code serves a value older than the invalidation}
 */
public record Flaw(String contender, String what) {}
