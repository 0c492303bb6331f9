/**
 * Streams that are produced once and read by many: {@link io.skein.stream.StreamGroup}.
 *
 * <p>Each run of a loader is a flight of a {@link io.skein.Group} of its own, and what it has written so far is a
 * {@code Recording}, which the readers play from the beginning. Uses {@code io.skein}, and Caffeine for finished streams that
 * are kept.
 */
@NullMarked
package io.skein.stream;

import org.jspecify.annotations.NullMarked;
