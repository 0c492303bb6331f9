/**
 * Writing to the source through a cache, around it, or behind it: what the user has to give for it. It knows
 * {@link io.skein} and no library.
 */
@NullMarked
package io.skein.write;

import org.jspecify.annotations.NullMarked;
