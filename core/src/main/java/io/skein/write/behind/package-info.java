/**
 * How a cache writes behind: what waits, and who writes it when. For {@link io.skein.cache}, and not to be used by anybody else. It
 * knows {@link io.skein.write}, and {@code MVStore} for the journal.
 */
@NullMarked
package io.skein.write.behind;

import org.jspecify.annotations.NullMarked;
