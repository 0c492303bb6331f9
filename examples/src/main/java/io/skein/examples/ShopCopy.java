package io.skein.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of the shop's database that can be written, and is thrown away when it is closed. */
final class ShopCopy implements AutoCloseable {
    private final Path folder;

    /**
     * Copies.
     *
     * @param original the database's file; nobody may be writing to it
     */
    ShopCopy(Path original) throws IOException {
        this.folder = Files.createTempDirectory(original.getParent(), "copy");
        folder.toFile().deleteOnExit();
        var file = folder.resolve("shop.mv.db");
        file.toFile().deleteOnExit(); // before the folder
        Files.copy(original, file);
    }

    String url() {
        return "jdbc:h2:file:" + folder.toAbsolutePath().resolve("shop") + ";CACHE_SIZE=262144";
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
