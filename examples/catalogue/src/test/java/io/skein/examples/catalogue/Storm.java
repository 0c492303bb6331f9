package io.skein.examples.catalogue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Readers and writers of a few products of one category. A reader notes which version of each product somebody has been
 * told of, sends its request, and compares. Writes come in bursts, so that one overtakes what the other has caused to be
 * read; and one comes on so many reads, however fast the machine is.
 */
final class Storm {
    private static final int WRITERS = 4;
    private static final int READERS = 12;
    private static final int READS_PER_WRITE = 50;
    private static final int WRITES_PER_BURST = 12;
    private static final int READS_PER_LIST = 10;
    private static final List<Long> PRODUCTS = List.of(1L, 2L, 3L);
    private static final String CATEGORY = "wool";

    private final Browser browser;
    private final Duration duration;
    private final Map<Long, AtomicLong> acknowledged =
            PRODUCTS.stream().collect(Collectors.toMap(Function.identity(), id -> new AtomicLong(1)));
    private final Semaphore writesDue = new Semaphore(0);
    private final AtomicLong reads = new AtomicLong();
    private final LongAdder writes = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private volatile long end;

    Storm(Browser browser, Duration duration) {
        this.browser = browser;
        this.duration = duration;
    }

    long reads() {
        return reads.get();
    }

    long writes() {
        return writes.sum();
    }

    long stale() {
        return stale.sum();
    }

    /** Returns when it is over, and all who took part have done so without a failure. */
    void run() throws Exception {
        end = System.nanoTime() + duration.toNanos();
        var threads = Executors.newFixedThreadPool(WRITERS + READERS);
        try {
            var all = new ArrayList<Future<?>>();
            for (int writer = 0; writer < WRITERS; writer++) {
                all.add(threads.submit(repeated(this::write)));
            }
            for (int reader = 0; reader < READERS; reader++) {
                all.add(threads.submit(repeated(this::read)));
            }
            for (var one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    private Callable<?> repeated(Step step) {
        return () -> {
            while (System.nanoTime() - end < 0) {
                step.take();
            }
            return null;
        };
    }

    private void write() throws Exception {
        if (!writesDue.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return;
        }
        var random = ThreadLocalRandom.current();
        long id = PRODUCTS.get(random.nextInt(PRODUCTS.size()));
        var price = random.nextInt(1, 1_000) + "." + random.nextInt(10, 100);
        long version = Browser.product(browser.setPrice(id, price)).version();
        acknowledged.get(id).accumulateAndGet(version, Math::max);
        writes.increment();
    }

    private void read() throws Exception {
        var random = ThreadLocalRandom.current();
        var known = PRODUCTS.stream()
                .collect(Collectors.toMap(
                        Function.identity(), id -> acknowledged.get(id).get()));
        var answer =
                random.nextInt(READS_PER_LIST) == 0 ? readList() : List.of(readOne(random.nextInt(PRODUCTS.size())));
        stale.add(answer.stream()
                .filter(product -> product.version() < known.get(product.id()))
                .count());
        if (reads.incrementAndGet() % (READS_PER_WRITE * WRITES_PER_BURST) == 0) {
            writesDue.release(WRITES_PER_BURST);
        }
    }

    private Product readOne(int index) throws Exception {
        return Browser.product(browser.get("/products/" + PRODUCTS.get(index)));
    }

    private List<Product> readList() throws Exception {
        return Browser.products(browser.get("/categories/" + CATEGORY + "/products"));
    }
}
