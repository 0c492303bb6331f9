/** What a second tier, shared by the caches of several JVMs, has to do: {@link io.skein.tier.SharedTier}. */
@NullMarked
package io.skein.tier;

import org.jspecify.annotations.NullMarked;
