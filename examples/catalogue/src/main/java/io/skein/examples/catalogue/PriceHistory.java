package io.skein.examples.catalogue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;

/**
 * What each product has cost, hour by hour, made up: some 50 MB of CSV. It comes as slowly as from a busy database.
 *
 * @param products read by one query
 * @param time how long it takes to come
 */
record PriceHistory(List<Product> products, Duration time) {
    private static final LocalDateTime FIRST_HOUR = LocalDateTime.of(2015, 1, 1, 0, 0);
    private static final int HOURS = 130_000;
    private static final int HOURS_PER_PART = 1_000;

    void writeTo(OutputStream out) throws IOException {
        var csv = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        csv.write("hour,id,name,category,price\n");
        for (int hour = 0; hour < HOURS; hour++) {
            if (hour % HOURS_PER_PART == 0) {
                csv.flush(); // to who reads already
                pause();
            }
            write(hour, csv);
        }
        csv.flush();
    }

    private void write(int hour, Writer csv) throws IOException {
        var date = FIRST_HOUR.plusHours(hour).toString();
        for (var product : products) {
            csv.write(date + ',' + product.id() + ",\"" + product.name().replace("\"", "\"\"") + "\","
                    + product.category() + ',' + price(product, hour) + '\n');
        }
    }

    private static BigDecimal price(Product product, int hour) {
        double season = 1 + 0.1 * Math.sin(hour / 1_000.0 + product.id());
        return product.price().multiply(BigDecimal.valueOf(season)).setScale(2, RoundingMode.HALF_UP);
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(time.toMillis() * HOURS_PER_PART / HOURS);
        } catch (InterruptedException e) { // nobody reads any more
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
