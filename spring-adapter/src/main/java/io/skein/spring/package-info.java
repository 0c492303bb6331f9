/**
 * Skein in Spring applications: the annotation, the caches behind Spring's own annotations, and the properties.
 */
@NullMarked
package io.skein.spring;

import org.jspecify.annotations.NullMarked;
