/** What is measured. A {@link io.skein.benchmarks.scenario.Section} is a part of the run that can be asked for alone. */
@NullMarked
package io.skein.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
