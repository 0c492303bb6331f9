package io.skein.stream;

import static io.skein.Callers.onThread;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.Callers.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;

/** A ring of memory that is as small as can be, written round and round under readers that are just about a ring behind. */
class RingTest {
    private static final int RING = 16 * 1024;
    private static final int SIZE = 4_000_000;

    @RepeatedTest(20)
    void readersAtTheOldestChunk_readWhatWasThere() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        try (var group = StreamGroup.<String>builder("ring")
                .memoryLimit(0)
                .maxAhead(RING + 3_000) // a reader that is as fast as can be is where a chunk is about to go
                .build()) {
            var all = new CountDownLatch(1);
            StreamLoader<String> loader = (key, out) -> {
                all.await();
                var sizes = new SplittableRandom(seed);
                for (int at = 0; at < SIZE; ) {
                    int some = Math.min(sizes.nextInt(1, 6_000), SIZE - at);
                    out.write(Pattern.bytes(at, some));
                    at += some;
                }
            };
            List<Call<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                var in = group.open("key", loader);
                var sizes = random.split();
                calls.add(onThread(() -> {
                    var buffer = new byte[6_000];
                    int total = 0;
                    int some = in.read(buffer);
                    while (some >= 0) {
                        for (int j = 0; j < some; j++) {
                            if (buffer[j] != Pattern.at(total + j)) {
                                throw new AssertionError("wrong byte at " + (total + j) + ", seed " + seed);
                            }
                        }
                        total += some;
                        some = in.read(buffer, 0, sizes.nextInt(1, buffer.length));
                    }
                    return total;
                }));
            }
            all.countDown();

            for (var call : calls) {
                assertThat(call.get()).as("length, seed " + seed).isEqualTo(SIZE);
            }
        }
    }
}
