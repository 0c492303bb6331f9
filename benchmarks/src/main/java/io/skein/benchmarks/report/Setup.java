package io.skein.benchmarks.report;

/**
 * How a contender is set up.
 *
 * @param version of the library; empty for what comes with the JDK or with Skein
 * @param source the code that makes it
 */
public record Setup(String contender, String what, String version, String source) {}
