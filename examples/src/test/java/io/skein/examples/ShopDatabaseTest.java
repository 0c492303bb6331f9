package io.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopDatabaseTest {
    private static final ShopSize SMALL = new ShopSize(300, 12_000);

    @TempDir
    Path folder;

    @Test
    void interruptedCreation_isDoneAgain() throws Exception {
        var shop = new ShopDatabase(folder, SMALL);
        shop.create(silent());
        var before = report(shop);
        Files.delete(folder.resolve("complete"));
        Files.writeString(folder.resolve("shop.mv.db"), "half a database");

        assertThat(shop.exists()).isFalse();
        shop.create(silent());

        assertThat(shop.exists()).isTrue();
        assertThat(before.rows()).hasSize(12);
        assertThat(report(shop)).isEqualTo(before);
    }

    @Test
    void databaseOfAnotherSize_isNotTheOne() throws Exception {
        new ShopDatabase(folder, SMALL).create(silent());

        assertThat(new ShopDatabase(folder, new ShopSize(300, 12_001)).exists()).isFalse();
    }

    @Test
    void eachKey_hasAReportOfItsOwn() throws Exception {
        var shop = new ShopDatabase(folder, SMALL);
        shop.create(silent());

        try (var reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT)) {
            assertThat(reports.load("1")).isNotEqualTo(reports.load("2"));
        }
    }

    @Test
    void orderOnACopy_changesOneReport_andNotTheOriginal() throws Exception {
        var shop = new ShopDatabase(folder, SMALL);
        shop.create(silent());
        var before = report(shop);

        try (var copy = shop.copy();
                var reports = new Reports(copy.url(), null, null, ShopDatabase.REPORT);
                var desk = new OrderDesk(copy.url())) {
            var other = reports.load("2");

            desk.order("1", 3);

            assertThat(Ledger.units(reports.load("1"))).isEqualTo(Ledger.units(before) + 3);
            assertThat(reports.load("2")).isEqualTo(other);
        }

        assertThat(report(shop)).isEqualTo(before);
        assertThat(folder).isDirectoryNotContaining("glob:**/copy*");
    }

    @Test
    void creationInProgressElsewhere_isNotDisturbed() throws Exception {
        try (var channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();

            assertThatIOException()
                    .isThrownBy(() -> new ShopDatabase(folder, SMALL).create(silent()))
                    .withMessageContaining("another demo is creating its database");
        }
    }

    private static Report report(ShopDatabase shop) throws Exception {
        try (var reports = new Reports(shop.url(), null, null, ShopDatabase.REPORT)) {
            return reports.load("1");
        }
    }

    private static Progress silent() {
        return new Progress(new PrintStream(PrintStream.nullOutputStream()), false, "");
    }
}
