/**
 * The demo: a stampede of callers on a real database, once straight and once through a {@link io.skein.Group}; then a
 * {@link io.skein.cache.CoalescingCache} in front of it, and what its callers get to see of writes. Begin with {@link
 * io.skein.examples.Demo}; the use of Skein is all in {@link io.skein.examples.Coalesced} and {@link
 * io.skein.examples.Cached}.
 */
@NullMarked
package io.skein.examples;

import org.jspecify.annotations.NullMarked;
