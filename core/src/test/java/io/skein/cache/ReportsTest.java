package io.skein.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private final Reports reports = new Reports();

    /** So many reads, one every ten microseconds. */
    private long due(int reads) {
        return IntStream.range(0, reads).filter(i -> reports.isDue(i * 10_000L)).count();
    }

    @Test
    void whileNothingNewComes_fewReadsAreTold() {
        long told = due(64_000);

        assertThat(told).isBetween(900L, 1_100L);
    }

    @Test
    void whileNewEntriesCome_everyReadIsTold() {
        IntStream.range(0, 100).forEach(i -> reports.stored());

        long told = due(3_000);

        assertThat(told).isEqualTo(3_000);
    }

    @Test
    void afterTheLastNewEntry_theGrantRunsOut() {
        IntStream.range(0, 100).forEach(i -> reports.stored());
        due(20_000);

        long told = due(64_000);

        assertThat(told).isBetween(900L, 1_100L);
    }
}
