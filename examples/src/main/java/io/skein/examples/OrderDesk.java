package io.skein.examples;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.jdbcx.JdbcDataSource;

/** Writes orders into the database. For one thread. */
final class OrderDesk implements AutoCloseable {
    private final Connection connection;
    private int lastLine;

    OrderDesk(String url) throws SQLException {
        var source = new JdbcDataSource();
        source.setURL(url);
        this.connection = source.getConnection(); // commits each statement
        try (var statement = connection.createStatement();
                var last = statement.executeQuery("select max(id) from order_line")) {
            last.next();
            this.lastLine = last.getInt(1);
        }
    }

    /** Returns when the order has been committed. */
    void order(String product, int units) throws SQLException {
        try (var insert =
                connection.prepareStatement("insert into order_line values (?, ?, 1, date '2025-12-24', ?, 100 * ?)")) {
            insert.setInt(1, ++lastLine);
            insert.setInt(2, Integer.parseInt(product));
            insert.setInt(3, units);
            insert.setInt(4, units);
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
