package io.skein.examples.catalogue;

import java.math.BigDecimal;

/**
 * What there is in a category.
 *
 * @param changes how often its prices have been changed
 */
public record CategoryReport(
        String category, long products, BigDecimal lowestPrice, BigDecimal highestPrice, long changes) {}
