/**
 * Skein beside what one would take instead: what a hit and a flight cost, how fast a landing reaches all callers, what a failing or a long
 * load does to others, and whether the answers are right. {@link io.skein.benchmarks.Bench} runs it all: the contenders are in {@code
 * contender}, what is measured is in {@code scenario}, and what is made of the figures in {@code report}.
 */
@NullMarked
package io.skein.benchmarks;

import org.jspecify.annotations.NullMarked;
