package io.skein.examples.catalogue;

import java.math.BigDecimal;

/**
 * A product.
 *
 * @param version how often its price has been set: the greater, the newer
 */
public record Product(long id, String name, String category, BigDecimal price, long version) {}
