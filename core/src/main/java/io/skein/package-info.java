/**
 * The heart of Skein: {@link io.skein.Group} collapses concurrent loads of one key onto one {@linkplain io.skein.Flight
 * flight}. Everything else is built on it.
 *
 * <p>Uses {@link io.skein.event} to tell what happens and Caffeine's {@code Ticker} and {@code Scheduler} as its
 * clocks; knows no other package of Skein.
 */
@NullMarked
package io.skein;

import org.jspecify.annotations.NullMarked;
