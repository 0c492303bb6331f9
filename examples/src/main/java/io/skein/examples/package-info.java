/**
 * The demo: a stampede of callers on a real database, once straight and once through a {@link io.skein.Group}. Begin with
 * {@link io.skein.examples.StampedeDemo}; the use of Skein is all in {@link io.skein.examples.Coalesced}.
 */
@NullMarked
package io.skein.examples;

import org.jspecify.annotations.NullMarked;
