/**
 * The bridge to Guava: a Skein cache as a {@code LoadingCache}, and Guava's {@code CacheLoader}s and {@code
 * ListenableFuture}s as Skein's loaders. Works with Guava on the class path, an optional dependency.
 *
 * <p>Uses {@link io.skein}, {@link io.skein.cache} and Guava; no other package of Skein knows it.
 */
@NullMarked
package io.skein.guava;

import org.jspecify.annotations.NullMarked;
