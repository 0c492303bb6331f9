/** What was measured: on the console while it runs, kept as JSON, shown as Markdown, SVG and HTML. Knows no contender. */
@NullMarked
package io.skein.benchmarks.report;

import org.jspecify.annotations.NullMarked;
