package io.skein.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The slow source: a query on a database, behind a bounded pool of connections as in life. Counts and times what it runs. */
final class Reports implements AutoCloseable {
    static final int CONNECTIONS = 10;

    private static final Duration LONGEST_WAIT = Duration.ofHours(2); // callers wait their turn, however many there are

    private final HikariDataSource pool;
    private final String query;
    private final LongAdder queries = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private volatile boolean calledOff;

    /**
     * Connects.
     *
     * @throws RuntimeException if the database does not answer
     */
    Reports(String url, @Nullable String user, @Nullable String password, String query) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(LONGEST_WAIT.toMillis());
        config.setReadOnly(true); // together with a transaction, PostgreSQL then refuses to write
        config.setAutoCommit(false);
        if (url.startsWith("jdbc:h2:")) {
            config.setDriverClassName("org.h2.Driver");
        } else if (url.startsWith("jdbc:postgresql:")) {
            config.setDriverClassName("org.postgresql.Driver");
            config.addDataSourceProperty("stringtype", "unspecified"); // a key may be of any type
        }
        this.pool = new HikariDataSource(config);
        this.query = query;
    }

    /**
     * Runs the query, as soon as there is a connection.
     *
     * @throws TimeIsUpException if there was none before {@link #callOff}
     */
    Report load(String key) throws SQLException {
        try (var connection = pool.getConnection()) {
            if (calledOff) {
                throw new TimeIsUpException();
            }
            long start = System.nanoTime();
            try (var statement = connection.prepareStatement(query)) {
                statement.setString(1, key);
                try (var results = statement.executeQuery()) {
                    return Report.of(results);
                }
            } finally {
                queries.increment();
                nanos.add(System.nanoTime() - start);
            }
        }
    }

    /** No query starts from now on; those that run go on. */
    void callOff() {
        calledOff = true;
    }

    /** Forgets what was counted, and begins anew. */
    void reset() {
        calledOff = false;
        queries.reset();
        nanos.reset();
    }

    /** Queries run since the last reset. */
    long queries() {
        return queries.sum();
    }

    /** The time these queries took, added up. */
    Duration databaseTime() {
        return Duration.ofNanos(nanos.sum());
    }

    @Override
    public void close() {
        pool.close();
    }
}
