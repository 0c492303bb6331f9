package io.skein.examples;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** The demo's own database: the products of a shop and what was ordered of them, the same on every machine. */
final class ShopDatabase {
    /** More keys than categories would ask for the same reports under other names. */
    static final int MOST_KEYS = 100;

    static final String REPORT = """
            select extract(month from line.ordered) as sold_in, sum(line.units) as units, sum(line.cents) as revenue,
                   count(distinct line.customer) as customers, max(line.cents) as biggest
            from product hot
            join product on product.category = hot.category
            join order_line line on line.product = product.id
            where hot.id = ?
            group by sold_in
            order by sold_in""";

    private static final int CATEGORIES = MOST_KEYS;
    private static final int CUSTOMERS = 50_000;
    private static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);
    private static final int DAYS = 365;
    private static final int BATCH = 5_000;
    private static final long SEED = 42;

    private final Path folder;
    private final ShopSize size;

    ShopDatabase(Path folder, ShopSize size) {
        this.folder = folder;
        this.size = size;
    }

    /** Where it is, and where others may be. */
    Path folder() {
        return folder;
    }

    /** Read-only, so that several demos can run on one file. */
    String url() {
        return "jdbc:h2:file:" + file() + ";ACCESS_MODE_DATA=r;CACHE_SIZE=262144";
    }

    /** A copy that can be written. */
    ShopCopy copy() throws IOException {
        return new ShopCopy(Path.of(file() + ".mv.db"));
    }

    /** The hot products, each of another category. */
    static List<String> keys(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    /** Whether the database is there and whole. What an interrupted creation has left is not. */
    boolean exists() throws IOException {
        return Files.exists(marker()) && Files.readString(marker()).equals(contents());
    }

    /**
     * Creates the database, in place of what there may be.
     *
     * @throws IOException if the files cannot be written, or somebody else is about to create them
     */
    void create(Progress progress) throws IOException, SQLException {
        Files.createDirectories(folder);
        try (var channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = lock(channel)) {
            if (lock == null) {
                throw new IOException("another demo is creating its database in " + folder + ": wait for it");
            }
            Files.deleteIfExists(marker());
            Files.deleteIfExists(Path.of(file() + ".mv.db"));
            fill(progress);
            Files.writeString(marker(), contents());
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // somebody in this very JVM has it
        }
    }

    private void fill(Progress progress) throws SQLException {
        var source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + file());
        try (var connection = source.getConnection()) {
            execute(
                    connection,
                    "create table product (id int primary key, category int not null, name varchar not null)");
            execute(
                    connection,
                    "create table order_line (id int primary key, product int not null, customer int not null,"
                            + " ordered date not null, units int not null, cents bigint not null)");
            connection.setAutoCommit(false);
            insertProducts(connection);
            insertOrderLines(connection, progress);
            progress.say("building indexes");
            execute(connection, "set max_memory_rows " + (size.orderLines() + 1)); // sorts an index in memory
            execute(connection, "create index product_by_category on product (category)");
            execute(connection, "create index order_line_by_product on order_line (product)");
            execute(connection, "analyze");
            progress.end();
        }
    }

    private void insertProducts(Connection connection) throws SQLException {
        try (var insert = connection.prepareStatement("insert into product values (?, ?, ?)")) {
            for (int id = 1; id <= size.products(); id++) {
                insert.setInt(1, id);
                insert.setInt(2, id % CATEGORIES);
                insert.setString(3, "product " + id);
                add(insert, id, size.products());
            }
        }
    }

    private void insertOrderLines(Connection connection, Progress progress) throws SQLException {
        var random = new SplittableRandom(SEED);
        try (var insert = connection.prepareStatement("insert into order_line values (?, ?, ?, ?, ?, ?)")) {
            for (int id = 1; id <= size.orderLines(); id++) {
                int units = random.nextInt(1, 6);
                insert.setInt(1, id);
                insert.setInt(2, random.nextInt(1, size.products() + 1));
                insert.setInt(3, random.nextInt(1, CUSTOMERS + 1));
                insert.setObject(4, FIRST_DAY.plusDays(random.nextInt(DAYS)));
                insert.setInt(5, units);
                insert.setLong(6, units * random.nextLong(100, 10_000));
                if (add(insert, id, size.orderLines())) {
                    progress.show(id, size.orderLines(), "order lines");
                }
            }
        }
    }

    /** Whether the row was the last of its batch. */
    private static boolean add(PreparedStatement insert, int id, int last) throws SQLException {
        insert.addBatch();
        boolean full = id % BATCH == 0 || id == last;
        if (full) {
            insert.executeBatch();
            insert.getConnection().commit();
        }
        return full;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Path file() {
        return folder.toAbsolutePath().resolve("shop");
    }

    private Path marker() {
        return folder.resolve("complete");
    }

    private String contents() {
        return size + " seed " + SEED + " format 1\n";
    }
}
