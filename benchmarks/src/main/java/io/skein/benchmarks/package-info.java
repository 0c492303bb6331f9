/**
 * Skein beside its peers: what a flight costs, how fast a landing reaches all callers, what a waiting caller weighs.
 * {@link io.skein.benchmarks.Bench} runs everything and says which targets are met.
 */
@NullMarked
package io.skein.benchmarks;

import org.jspecify.annotations.NullMarked;
