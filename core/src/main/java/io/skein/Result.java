package io.skein;

import org.jspecify.annotations.Nullable;

/**
 * What a flight brought.
 *
 * @param value what the loader returned
 * @param shared whether more than one caller got it; the same for every caller of one flight (G3)
 * @param <V> values
 */
public record Result<V extends @Nullable Object>(V value, boolean shared) {}
