/** Properties, and what Spring Boot configures by them. */
@NullMarked
package io.skein.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
