/** Spring's own cache annotations and manager on Skein's caches. */
@NullMarked
package io.skein.spring.cache;

import org.jspecify.annotations.NullMarked;
