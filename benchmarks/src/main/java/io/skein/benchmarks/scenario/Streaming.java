package io.skein.benchmarks.scenario;

import io.skein.benchmarks.report.Row;
import io.skein.benchmarks.report.Table;
import io.skein.benchmarks.report.Unit;
import io.skein.stream.StreamGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** How many bytes go through a stream, to one reader and to many, beside a pipe, which has one reader. */
final class Streaming {
    static final String PIPE = "pipe";
    static final String ONE = "one reader";
    static final String MANY = "50 readers, all together";

    private static final int READERS = 50;
    private static final int PIECE = 8 * 1024;

    /** From a thread that writes to others that read. */
    private enum Way {
        /** With the buffer it has if nothing is said. */
        PIPE("pipe", 1024),
        LARGE_PIPE("pipe of 64 KB", 64 * 1024),
        SKEIN("skein", 1 << 20),
        SKEIN_IN_MEMORY("skein in memory", Integer.MAX_VALUE);

        private final String label;
        private final int buffer;

        Way(String label, int buffer) {
            this.label = label;
            this.buffer = buffer;
        }

        String label() {
            return label;
        }

        boolean isPipe() {
            return this == PIPE || this == LARGE_PIPE;
        }
    }

    static final List<String> LABELS =
            List.of(Way.PIPE.label(), Way.LARGE_PIPE.label(), Way.SKEIN.label(), Way.SKEIN_IN_MEMORY.label());

    private final Table table;
    private final int rounds;
    private final long size;

    /** @param size of the stream, in bytes */
    Streaming(Table table, int rounds, long size) {
        this.table = table;
        this.rounds = rounds;
        this.size = size;
    }

    void run() {
        var one = new Rounds<Way, Double>(List.of(Way.values()));
        one.run(1, rounds, way -> way.isPipe() ? pipe(way.buffer) : skein(way.buffer, 1));
        table.add(Row.of(ONE, Unit.MEGABYTES_PER_SECOND, PIPE, one.each(Way::label, rate -> rate)));
        var many = new Rounds<Way, Double>(List.of(Way.values()));
        many.run(1, rounds, way -> way.isPipe() ? pipe(way.buffer) : skein(way.buffer, READERS));
        table.add(Row.of(MANY, Unit.MEGABYTES_PER_SECOND, PIPE, many.each(Way::label, rate -> rate)));
    }

    /** Bytes per second. */
    private double pipe(int buffer) {
        try {
            var out = new PipedOutputStream();
            var in = new PipedInputStream(out, buffer);
            long start = System.nanoTime();
            var writer = new Thread(() -> {
                try (out) {
                    write(out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            read(in);
            Patience.join(writer, "the writer to end");
            return rate(size, start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double skein(long memoryLimit, int readers) {
        try (var group = StreamGroup.<String>builder("streaming")
                .memoryLimit(memoryLimit)
                .build()) {
            long start = System.nanoTime();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < readers; i++) {
                var in = group.open("key", (key, out) -> write(out));
                threads.add(new Thread(() -> read(in)));
            }
            threads.forEach(Thread::start);
            threads.forEach(thread -> Patience.join(thread, "readers to end"));
            return rate(readers * size, start);
        }
    }

    private static double rate(long bytes, long start) {
        return bytes * 1e9 / (System.nanoTime() - start);
    }

    private void write(OutputStream out) throws IOException {
        var piece = new byte[PIECE];
        for (long done = 0; done < size; done += PIECE) {
            out.write(piece);
        }
    }

    private void read(InputStream source) {
        var piece = new byte[PIECE];
        long total = 0;
        try (source) {
            for (int some = source.read(piece); some >= 0; some = source.read(piece)) {
                total += some;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (total != size) {
            throw new IllegalStateException("read " + total + " of " + size + " bytes");
        }
    }
}
