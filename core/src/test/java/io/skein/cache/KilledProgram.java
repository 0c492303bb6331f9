package io.skein.cache;

import io.skein.Codec;
import io.skein.write.CacheWriter;
import io.skein.write.WriteBehind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Writes behind, with a journal, as fast as it can until it is killed. What it has been acknowledged, and what its source has, it
 * leaves in files, which the operating system keeps though the program be killed: lines of a key, a number, and a mark at the end,
 * so that one that was cut off is known.
 */
public final class KilledProgram {
    static final int MAX_BATCH = 100;
    static final int KEYS = 400;
    static final int WRITERS = 4;
    static final String SOURCE = "source.log";

    /** The numbers of each life are above those of the one before. */
    static final long LIFE = 1_000_000_000;

    private static final int AT_ONCE = 2_000;

    private KilledProgram() {}

    static String acknowledged(int writer) {
        return "acknowledged-" + writer + ".log";
    }

    private static FileChannel append(Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        append(channel, new StringBuilder("\nlife\n")); // what a kill has cut off stands alone
        return channel;
    }

    private static void append(FileChannel file, StringBuilder lines) throws IOException {
        var bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** The source: each batch is one write to its file. */
    private record Source(FileChannel file) implements CacheWriter<Integer, Long> {
        @Override
        public void write(Integer key, Long number) throws IOException {
            writeAll(Map.of(key, number));
        }

        @Override
        public void writeAll(Map<Integer, Long> numbers) throws IOException {
            var lines = new StringBuilder();
            numbers.forEach((key, number) ->
                    lines.append(key).append(' ').append(number).append(";\n"));
            append(file, lines);
        }

        @Override
        public void delete(Integer key) {
            throw new AssertionError();
        }

        @Override
        public void deleteAll(Set<Integer> keys) {
            throw new AssertionError();
        }
    }

    /** @param args the folder, the number of this life, and whether it ends by itself, with all written */
    public static void main(String[] args) throws Exception {
        var folder = Path.of(args[0]);
        long first = Long.parseLong(args[1]) * LIFE;
        boolean last = Boolean.parseBoolean(args[2]);
        var cache = CoalescingCache.<Integer, Long>builder("killed")
                .writeBehind(
                        new Source(append(folder.resolve(SOURCE))),
                        WriteBehind.<Integer, Long>of(MAX_BATCH, Duration.ofMillis(5))
                                .maxBatch(MAX_BATCH)
                                .journal(folder.resolve("journal"), Codec.int32(), Codec.int64()))
                .build();
        if (last) {
            cache.flush();
            cache.close();
            return;
        }
        System.out.println("ready");
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            new Thread(() -> write(cache, folder, writer, first)).start();
        }
    }

    /** Each writer has keys of its own. */
    private static void write(CoalescingCache<Integer, Long> cache, Path folder, int writer, long first) {
        try {
            var log = append(folder.resolve(acknowledged(writer)));
            for (long number = first; ; ) {
                var lines = new StringBuilder();
                var all = new ArrayList<CompletableFuture<Void>>(AT_ONCE);
                for (int i = 0; i < AT_ONCE; i++) {
                    number++;
                    int key = (int) (number % (KEYS / WRITERS)) * WRITERS + writer;
                    all.add(cache.writeAsync(key, number));
                    lines.append(key).append(' ').append(number).append(";\n");
                }
                for (var one : all) {
                    one.join();
                }
                append(log, lines);
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
