/**
 * The cache: {@link io.skein.cache.CoalescingCache} keeps what the flights of a {@link io.skein.Group} have loaded, in
 * Caffeine, and knows how fresh it is.
 *
 * <p>The way of a value: a caller's {@code Question} joins or starts a flight; its {@code Load} asks the source, makes
 * an {@code StoredEntry} and stores it through the {@code Store}, unless it has been overtaken by an invalidation.
 *
 * <p>Uses {@link io.skein}, {@link io.skein.event} and Caffeine.
 */
@NullMarked
package io.skein.cache;

import org.jspecify.annotations.NullMarked;
