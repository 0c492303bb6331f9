/**
 * Small things that several packages of Skein share. Not for users: it may change with any version. Uses no other
 * package of Skein.
 */
@NullMarked
package io.skein.internal;

import org.jspecify.annotations.NullMarked;
