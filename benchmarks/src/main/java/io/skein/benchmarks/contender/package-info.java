/** Who is measured, each set up as its documentation recommends. The report shows these files. */
@NullMarked
package io.skein.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
