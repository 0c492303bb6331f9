/**
 * A small catalogue service on Spring Boot, with its products in a database. Begin with {@link
 * io.skein.examples.catalogue.Catalogue}: what Skein does here is all in its annotations and in {@code
 * application.properties}.
 */
@NullMarked
package io.skein.examples.catalogue;

import org.jspecify.annotations.NullMarked;
