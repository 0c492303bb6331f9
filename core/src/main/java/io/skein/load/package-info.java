/**
 * Loaders made from loaders: {@link io.skein.load.Batching} gathers keys into bulk calls, {@link io.skein.load.Hedging}
 * asks another replica when one is late. They work for a {@link io.skein.Group} as for a cache, and know only {@link
 * io.skein}.
 */
@NullMarked
package io.skein.load;

import org.jspecify.annotations.NullMarked;
