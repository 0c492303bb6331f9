package io.skein.cache;

/** Stands in an entry for a value: how the load failed. */
record Failure(Throwable cause) {}
