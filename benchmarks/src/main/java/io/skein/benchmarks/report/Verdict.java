package io.skein.benchmarks.report;

/**
 * A target, and what was reached.
 *
 * @param wanted as text
 * @param reached as text
 */
public record Verdict(String target, String wanted, String reached, boolean met) {}
