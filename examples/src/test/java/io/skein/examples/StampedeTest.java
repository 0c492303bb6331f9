package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.skein.Group;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StampedeTest {
    private static final int CALLERS = 2_000;
    private static final List<String> KEYS = ShopDatabase.keys(4);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final ExecutorService databaseThreads = Executors.newFixedThreadPool(Reports.CONNECTIONS);
    private final Group<String, Report> group =
            Group.<String, Report>builder("reports").executor(databaseThreads).build();
    private Reports reports;

    /** Whether callers are virtual threads: wherever there are some, both kinds. */
    static Stream<Boolean> kindsOfThreads() {
        return VirtualThreads.areHere() ? Stream.of(false, true) : Stream.of(false);
    }

    @BeforeEach
    void connect() throws Exception {
        var shop = new ShopDatabase(folder, new ShopSize(300, 3_000));
        shop.create(silent());
        reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT);
    }

    @AfterEach
    void disconnect() {
        reports.close();
        group.close();
        databaseThreads.shutdown();
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void straight_oneQueryPerCaller(boolean virtualThreads) throws Exception {
        var stampede = new Stampede(new Crowd(CALLERS, KEYS, virtualThreads), reports);

        var outcome = stampede.run(new Straight(reports, databaseThreads), MINUTE, silent());

        assertThat(outcome.queries()).isEqualTo(CALLERS);
        assertThat(outcome.served()).isEqualTo(CALLERS);
        assertThat(outcome.different()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void coalesced_oneQueryPerKey(boolean virtualThreads) throws Exception {
        var stampede = new Stampede(new Crowd(CALLERS, KEYS, virtualThreads), reports);
        var way = new Coalesced(group, key -> {
            await().atMost(MINUTE).until(() -> aboard(key) == CALLERS / KEYS.size());
            return reports.load(key);
        });

        var outcome = stampede.run(way, MINUTE, silent());

        assertThat(outcome.queries()).isEqualTo(KEYS.size());
        assertThat(outcome.served()).isEqualTo(CALLERS);
        assertThat(outcome.different()).isZero();
        assertThat(outcome.median()).isNotNull().isLessThanOrEqualTo(outcome.slowest());
        assertThat(outcome.slowest()).isLessThanOrEqualTo(outcome.total());
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void otherAnswers_areNoticedAcrossStampedes(boolean virtualThreads) throws Exception {
        var stampede = new Stampede(new Crowd(CALLERS, KEYS, virtualThreads), reports);
        stampede.run(new Straight(reports, databaseThreads), MINUTE, silent());

        var outcome =
                stampede.run(new Coalesced(group, key -> reports.load(key.equals("1") ? "99" : key)), MINUTE, silent());

        assertThat(outcome.different()).isEqualTo(CALLERS / KEYS.size());
    }

    @ParameterizedTest
    @MethodSource("kindsOfThreads")
    void failureOfOneCaller_endsTheStampede(boolean virtualThreads) {
        var stampede = new Stampede(new Crowd(CALLERS, KEYS, virtualThreads), reports);
        var calls = new AtomicInteger();
        var way = new Coalesced(group, key -> {
            if (calls.incrementAndGet() == 1) {
                throw new SQLException("gone");
            }
            return reports.load(key);
        });

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> stampede.run(way, MINUTE, silent()))
                .withMessage("gone");
    }

    private int aboard(String key) {
        return group.flights().stream()
                .filter(flight -> flight.key().equals(key))
                .mapToInt(flight -> flight.callers())
                .sum();
    }

    private static Progress silent() {
        return new Progress(new PrintStream(PrintStream.nullOutputStream()), false, "");
    }
}
