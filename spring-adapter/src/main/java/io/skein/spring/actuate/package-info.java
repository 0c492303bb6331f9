/** The actuator endpoint and health. */
@NullMarked
package io.skein.spring.actuate;

import org.jspecify.annotations.NullMarked;
