/**
 * What happened, told to listeners: the ground on which metrics, traces and logs are built. Uses no other package of
 * Skein.
 */
@NullMarked
package io.skein.event;

import org.jspecify.annotations.NullMarked;
