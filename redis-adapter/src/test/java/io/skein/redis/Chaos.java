package io.skein.redis;

import io.lettuce.core.RedisClient;
import io.skein.Codec;
import io.skein.cache.CoalescingCache;
import io.skein.tier.TierException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Nodes that read and invalidate, each by a wire of its own, while their server is paused, restarted and emptied, their wires are
 * cut or swallow everything, and nodes die and come back. The source counts versions of each key; a read is outdated if it shows a
 * version before one that was invalidated, with success, longer ago than what is documented.
 */
final class Chaos {
    private static final int KEYS = 20;
    private static final Duration DEGRADED = Duration.ofSeconds(1);
    private static final Duration BEAT = Duration.ofMillis(200);
    private static final Duration BEAT_TIMEOUT = Duration.ofMillis(300);

    /** A cut link is noticed, and what was loaded meanwhile has ended; the rest is for a machine that is busy. */
    private static final long BOUND =
            BEAT.plus(BEAT_TIMEOUT).plus(DEGRADED).plusMillis(1_500).toNanos();

    /** The same when nothing has happened for that long: the way of a push. */
    private static final long BOUND_IN_PEACE = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long HUNG = TimeUnit.SECONDS.toNanos(15);

    /** What came of it. */
    record Outcome(
            long reads,
            long loads,
            long invalidations,
            long refused,
            long faults,
            long outdated,
            long longestMillis,
            List<String> errors) {}

    private final long seed;
    private final RedisServer server;
    private final List<Node> nodes = new ArrayList<>();
    private final List<AtomicLong> source = new ArrayList<>();
    private final List<ConcurrentSkipListMap<Long, Long>> invalidated = new ArrayList<>(); // when, which version
    private final LongAdder reads = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder invalidations = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder outdated = new LongAdder();
    private final AtomicLong longest = new AtomicLong();
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private volatile long peaceSince = System.nanoTime();
    private long faults;

    Chaos(RedisServer server, int count, long seed) {
        this.server = server;
        this.seed = seed;
        for (int i = 0; i < KEYS; i++) {
            source.add(new AtomicLong());
            var history = new ConcurrentSkipListMap<Long, Long>();
            history.put(Long.MIN_VALUE, 0L);
            invalidated.add(history);
        }
        for (int i = 0; i < count; i++) {
            nodes.add(new Node());
        }
    }

    private final class Node implements AutoCloseable {
        final Proxy wire = new Proxy(server.port());
        final AtomicReference<RedisTier> tier = new AtomicReference<>();
        final AtomicReference<CoalescingCache<Integer, Long>> cache = new AtomicReference<>();

        Node() {
            open();
        }

        void open() {
            tier.set(RedisTier.builder(wire.uri())
                    .heartbeat(BEAT, BEAT_TIMEOUT)
                    .lease(Duration.ofMillis(500))
                    .openTime(Duration.ofMillis(300))
                    .build());
            cache.set(CoalescingCache.<Integer, Long>builder("chaos")
                    .ttl(Duration.ofMinutes(1))
                    .degradedTtl(DEGRADED)
                    .sharedTier(tier.get().of("int64", Codec.int64()))
                    .build());
        }

        /** As if its JVM died: nobody is told. */
        void die() {
            wire.cut();
            var oldTier = tier.get();
            var oldCache = cache.get();
            open();
            oldTier.close();
            oldCache.close();
        }

        @Override
        public void close() {
            cache.get().close();
            tier.get().close();
            wire.close();
        }
    }

    Outcome run(Duration time) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (var node : nodes) {
            for (int i = 0; i < 2; i++) {
                threads.add(new Thread(() -> read(node)));
            }
            threads.add(new Thread(() -> write(node)));
        }
        threads.forEach(Thread::start);
        var random = new Random(seed);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            peaceSince = Long.MAX_VALUE;
            fault(random);
            peaceSince = System.nanoTime();
            faults++;
            TimeUnit.MILLISECONDS.sleep(random.nextBoolean() ? random.nextInt(1_000) : random.nextInt(7_000));
        }
        over = true;
        for (var thread : threads) {
            thread.join(HUNG / 1_000_000);
            if (thread.isAlive()) {
                errors.add("hung: " + List.of(thread.getStackTrace()));
            }
        }
        nodes.forEach(Node::close);
        return new Outcome(
                reads.sum(),
                loads.sum(),
                invalidations.sum(),
                refused.sum(),
                faults,
                outdated.sum(),
                longest.get() / 1_000_000,
                List.copyOf(errors));
    }

    private void fault(Random random) throws InterruptedException {
        var node = nodes.get(random.nextInt(nodes.size()));
        int length = random.nextInt(50, 2_000);
        switch (random.nextInt(7)) {
            case 0 -> {
                server.pause();
                TimeUnit.MILLISECONDS.sleep(length);
                server.resume();
            }
            case 1 -> {
                server.stop();
                TimeUnit.MILLISECONDS.sleep(length);
                server.start();
            }
            case 2 -> {
                var client = RedisClient.create(server.uri());
                try (var connection = client.connect()) {
                    connection.sync().flushall();
                } finally {
                    client.shutdown();
                }
            }
            case 3 -> node.wire.cut();
            case 4 -> {
                node.wire.silent(true);
                TimeUnit.MILLISECONDS.sleep(length);
                node.wire.silent(false);
            }
            case 5 -> {
                node.wire.refuse(true);
                node.wire.cut();
                TimeUnit.MILLISECONDS.sleep(length);
                node.wire.refuse(false);
            }
            default -> node.die();
        }
    }

    private void read(Node node) {
        var random = new Random();
        while (!over) {
            int key = random.nextInt(KEYS);
            long began = System.nanoTime();
            long peace = peaceSince;
            long bound = peace != Long.MAX_VALUE && began - peace > BOUND ? BOUND_IN_PEACE : BOUND;
            try {
                var cache = node.cache.get();
                long seen = cache.get(key, k -> {
                    loads.increment();
                    long value = source.get(k).get();
                    Thread.sleep(random.nextInt(10)); // a source that takes its time
                    return value;
                });
                long took = System.nanoTime() - began;
                longest.accumulateAndGet(took, Math::max);
                if (took > HUNG) {
                    errors.add("slow: " + took / 1_000_000 + " ms");
                }
                long needed = invalidated.get(key).floorEntry(began - bound).getValue();
                if (seen < needed) {
                    outdated.increment();
                }
                reads.increment();
                if (random.nextInt(20) == 0) {
                    Thread.sleep(1);
                }
            } catch (IllegalStateException e) {
                // its node has died
            } catch (InterruptedException | RuntimeException e) {
                errors.add(e.toString());
            }
        }
    }

    private static void note(ConcurrentSkipListMap<Long, Long> history, long version) {
        synchronized (history) {
            history.put(System.nanoTime(), Math.max(version, history.lastEntry().getValue()));
        }
    }

    private void write(Node node) {
        var random = new Random();
        while (!over) {
            int key = random.nextInt(KEYS);
            long version = source.get(key).incrementAndGet();
            while (!over) {
                try {
                    node.cache.get().invalidate(key);
                    note(invalidated.get(key), version);
                    invalidations.increment();
                    break;
                } catch (TierException e) {
                    refused.increment(); // it says so, and is tried again
                } catch (RuntimeException e) {
                    errors.add(e.toString());
                }
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    return;
                }
            }
            try {
                Thread.sleep(random.nextInt(30));
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
