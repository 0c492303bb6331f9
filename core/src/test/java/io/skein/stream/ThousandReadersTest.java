package io.skein.stream;

import static io.skein.Callers.onThread;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers;
import io.skein.Callers.Call;
import io.skein.VirtualThreads;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One upstream of 100 MB, a thousand readers that come at random moments of it, read in pieces of random sizes, some of them slowly,
 * and some leave before the end.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ThousandReadersTest {
    private static final int READERS = 1_000;
    private static final long SIZE = 100_000_000;
    private static final long MEMORY_LIMIT = 1 << 20;

    /** With half of it written all readers so far wait, and what they occupy is measured. */
    private static final long HALF = SIZE / 2;

    private static final int LARGEST_READ = 16 * 1024;

    /** What a reader may occupy: itself, its cleaner, its entry among those that wait, the stack of a virtual thread. */
    private static final long PER_READER = 4_000;

    private final long seed = System.nanoTime();
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch ready = new CountDownLatch(READERS);
    private final CountDownLatch half = new CountDownLatch(1);
    private final CountDownLatch measured = new CountDownLatch(1);
    private final AtomicInteger aboard = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final List<Reader> readers = new ArrayList<>();

    ThousandReadersTest() {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < READERS; i++) {
            readers.add(new Reader(random.split()));
        }
    }

    /** Writes on only when all have come who are to come before. */
    private void load(String key, OutputStream out) throws Exception {
        runs.incrementAndGet();
        var random = new SplittableRandom(seed);
        long at = 0;
        while (at < SIZE) {
            int some = (int) Math.min(random.nextInt(1, 50_000), (at < HALF ? HALF : SIZE) - at);
            out.write(Pattern.bytes(at, some));
            at += some;
            int due = 0;
            for (var reader : readers) {
                if (reader.joinsAt < at) {
                    reader.due.countDown();
                    due++;
                }
            }
            while (aboard.get() < due) {
                LockSupport.parkNanos(100_000);
            }
            if (at == HALF) {
                half.countDown();
                measured.await();
            }
        }
    }

    private static long checksum() {
        var crc = new CRC32();
        for (long at = 0; at < SIZE; at += 100_000) {
            crc.update(Pattern.bytes(at, 100_000));
        }
        return crc.getValue();
    }

    private final class Reader {
        final long joinsAt;
        final CountDownLatch due = new CountDownLatch(1);
        private final SplittableRandom random;
        private final boolean isSlow;
        private final long leavesAt;
        private final byte[] buffer;

        Reader(SplittableRandom random) {
            this.random = random;
            this.joinsAt = random.nextLong(SIZE);
            this.isSlow = random.nextInt(10) == 0;
            this.leavesAt = random.nextInt(10) == 0 ? random.nextLong(1, SIZE) : Long.MAX_VALUE;
            this.buffer = new byte[random.nextInt(1, LARGEST_READ)];
        }

        void read(StreamGroup<String> group, long expected) throws Exception {
            ready.countDown();
            due.await();
            var crc = new CRC32();
            long total = 0;
            try (InputStream in = group.open("key", ThousandReadersTest.this::load)) {
                aboard.incrementAndGet();
                int some = in.read(buffer, 0, random.nextInt(1, buffer.length + 1));
                for (int i = 0; some >= 0 && total < leavesAt; i++) {
                    crc.update(buffer, 0, some);
                    total += some;
                    if (isSlow && i % 100 == 0) {
                        LockSupport.parkNanos(100_000);
                    }
                    some = in.read(buffer, 0, random.nextInt(buffer.length / 2, buffer.length) + 1);
                }
            }
            if (total >= leavesAt) {
                left.incrementAndGet();
                return;
            }
            assertThat(total).as("length, seed " + seed).isEqualTo(SIZE);
            assertThat(crc.getValue()).as("checksum, seed " + seed).isEqualTo(expected);
            finished.incrementAndGet();
        }
    }

    private static long heap() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Test
    void everyFinishedReader_hasReadWhatWasWritten_onceForAll() throws Exception {
        long expected = checksum();
        ThreadFactory threads = VirtualThreads.AVAILABLE ? VirtualThreads.FACTORY : Callers::platform;
        try (var group =
                StreamGroup.<String>builder("exports").memoryLimit(MEMORY_LIMIT).build()) {
            var calls = new ArrayList<Call<Void>>();
            for (var reader : readers) {
                calls.add(onThread(threads, () -> {
                    reader.read(group, expected);
                    return null;
                }));
            }
            ready.await();
            long before = heap();
            var first = group.open("key", this::load);
            half.await();
            int joined = aboard.get();
            long growth = heap() - before;
            measured.countDown();
            for (var call : calls) {
                call.outcome().get(9, TimeUnit.MINUTES);
            }
            first.close();

            System.out.println(
                    "1 run, " + finished + " readers with the right checksum, " + left + " left before; with "
                            + joined + " readers aboard and half of 100 MB written, the heap was " + growth
                            + " bytes larger than before, memoryLimit being " + MEMORY_LIMIT);
            assertThat(runs).hasValue(1);
            assertThat(finished.get() + left.get()).isEqualTo(READERS);
            assertThat(growth).isLessThan(MEMORY_LIMIT + PER_READER * (joined + 1) + 500_000);
            assertThat(group.stats().onDisk()).isZero();
        }
    }
}
