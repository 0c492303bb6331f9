/** What {@link io.skein.spring.Coalesced} does: which methods have it, and how their calls are answered. */
@NullMarked
package io.skein.spring.annotation;

import org.jspecify.annotations.NullMarked;
