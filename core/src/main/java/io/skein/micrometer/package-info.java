/**
 * The bridge to Micrometer: {@link io.skein.micrometer.SkeinMetrics} counts what groups and caches do, {@link
 * io.skein.micrometer.SkeinObservations} makes an observation, and so a span, of each load. Uses the core; nobody uses
 * it. Needs micrometer-core for the first, micrometer-observation for the second.
 */
@NullMarked
package io.skein.micrometer;

import org.jspecify.annotations.NullMarked;
