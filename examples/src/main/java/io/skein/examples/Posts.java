package io.skein.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.write.CacheWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Posts, and how many reactions they have, in a database of their own. Counts what it runs. */
final class Posts implements CacheWriter<Integer, Long>, AutoCloseable {
    private static final String ADD = "update post set reactions = reactions + ? where id = ?";
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10); // all want the same few rows

    private final HikariDataSource pool;
    private final LongAdder statements = new LongAdder();
    private final LongAdder transactions = new LongAdder();

    /** Creates the database in this folder, with posts from 0 on that have no reactions. */
    Posts(Path folder, int posts) throws SQLException {
        var config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:file:" + folder.toAbsolutePath().resolve("posts") + ";LOCK_TIMEOUT="
                + LONGEST_WAIT.toMillis());
        config.setDriverClassName("org.h2.Driver");
        config.setMaximumPoolSize(Reports.CONNECTIONS);
        config.setConnectionTimeout(LONGEST_WAIT.toMillis());
        config.setAutoCommit(false);
        this.pool = new HikariDataSource(config);
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table post (id int primary key, reactions bigint not null)");
            statement.execute("insert into post select x - 1, 0 from system_range(1, " + posts + ")");
            connection.commit();
        }
    }

    /** Adds so many reactions to a post: one statement, one transaction. */
    @Override
    public void write(Integer post, Long reactions) throws SQLException {
        writeAll(Map.of(post, reactions));
    }

    /** All of it in one transaction: it is written as a whole, or not at all. */
    @Override
    public void writeAll(Map<Integer, Long> reactions) throws SQLException {
        try (var connection = pool.getConnection();
                var add = connection.prepareStatement(ADD)) {
            for (var entry : reactions.entrySet()) {
                add.setLong(1, entry.getValue());
                add.setInt(2, entry.getKey());
                add.addBatch();
            }
            add.executeBatch();
            connection.commit();
        }
        statements.add(reactions.size());
        transactions.increment();
    }

    @Override
    public void delete(Integer post) {
        throw new UnsupportedOperationException("posts stay");
    }

    /** The reactions to all posts. */
    long reactions() throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery("select sum(reactions) from post")) {
            result.next();
            return result.getLong(1);
        }
    }

    long statements() {
        return statements.sum();
    }

    long transactions() {
        return transactions.sum();
    }

    @Override
    public void close() {
        pool.close();
    }
}
