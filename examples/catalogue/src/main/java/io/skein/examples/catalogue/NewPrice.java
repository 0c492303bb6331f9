package io.skein.examples.catalogue;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * What somebody wants a product to cost.
 *
 * @param price as it was sent: it may be missing, or be none
 */
record NewPrice(@Nullable BigDecimal price) {
    private static final BigDecimal LIMIT = new BigDecimal("10000000000");
    private static final int CENTS = 2;

    /**
     * The price.
     *
     * @throws ResponseStatusException if it cannot be one
     */
    BigDecimal checked() {
        if (price == null
                || price.signum() < 0
                || price.compareTo(LIMIT) >= 0
                || price.stripTrailingZeros().scale() > CENTS) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "price must be at least 0, below " + LIMIT + " and in whole cents, was " + price);
        }
        return price;
    }
}
