/**
 * Writing to the source through a cache: what the user has to give for it. They know only {@link io.skein}.
 */
@NullMarked
package io.skein.write;

import org.jspecify.annotations.NullMarked;
