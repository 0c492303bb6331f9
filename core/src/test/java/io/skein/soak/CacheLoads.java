package io.skein.soak;

import io.skein.cache.LoadContext;
import io.skein.cache.Loaded;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** The loaders of one cache: they look at the version first, and then dawdle, fail, are deaf, or never end. */
final class CacheLoads {
    private final CacheLane lane;
    private final ScheduledExecutorService later;
    private final Tally tally;
    private final AtomicLong seeds;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();

    CacheLoads(CacheLane lane, SplittableRandom random, ScheduledExecutorService later, Tally tally) {
        this.lane = lane;
        this.seeds = new AtomicLong(random.nextLong());
        this.later = later;
        this.tally = tally;
    }

    long made() {
        return ended.sum();
    }

    long running() {
        return begun.sum() - ended.sum();
    }

    private SplittableRandom random() {
        return new SplittableRandom(seeds.getAndIncrement());
    }

    private void begin() {
        begun.increment();
        tally.count("loads");
    }

    Version plain(int key) throws Exception {
        begin();
        try {
            long version = lane.origin.version(key);
            dawdle(key, version, random());
            return Version.of(key, version);
        } finally {
            ended.increment();
        }
    }

    /** Now and then a load needs another key: some come to wait for each other. */
    Version nested(int key) throws Exception {
        var random = random();
        if (random.nextInt(20) > 0) {
            return plain(key);
        }
        begin();
        long version = lane.origin.version(key);
        int other = lane.someKey(random);
        var reading = lane.new Reading(other, "nested get", false);
        try {
            reading.got(lane.cache.get(other));
            return Version.of(key, version);
        } catch (Throwable e) {
            reading.failed(e, false);
            throw new SourceDown(key, version, e);
        } finally {
            lane.answered(1, true);
            ended.increment();
        }
    }

    /** Says that nothing has changed if that is so, has tags, and sometimes a time to live, and is sometimes not stored. */
    Loaded<Version> conditional(int key, LoadContext<Integer, Version> context) throws Exception {
        begin();
        try {
            var random = random();
            long version = lane.origin.version(key);
            var previous = context.previous();
            dawdle(key, version, random);
            var now = Optional.ofNullable(Version.of(key, version));
            if (now.isPresent() && previous.equals(now)) {
                tally.count("not modified");
                return Loaded.notModified(); // the tags of the one before hold on
            }
            var loaded = lane.loaded(key, version);
            return switch (random.nextInt(12)) {
                case 0 -> loaded.noStore();
                case 1 -> loaded.ttl(Duration.ofMillis(random.nextInt(1, 5)));
                default -> loaded;
            };
        } finally {
            ended.increment();
        }
    }

    CompletionStage<Version> asynchronous(int key) {
        begin();
        var future = new CompletableFuture<Version>();
        long version = lane.origin.version(key);
        var random = random();
        var unused = future.whenComplete((value, failure) -> ended.increment());
        if (random.nextInt(5) == 0) {
            end(future, key, version, false);
        } else {
            boolean fails = random.nextInt(10) == 0;
            later.schedule(() -> end(future, key, version, fails), random.nextInt(2_000), TimeUnit.MICROSECONDS);
        }
        return future;
    }

    private static void end(CompletableFuture<Version> future, int key, long version, boolean fails) {
        if (fails) {
            future.completeExceptionally(new SourceDown(key, version, null));
        } else {
            future.complete(Version.of(key, version));
        }
    }

    /** Answers for some keys more than it was asked for. */
    Map<Integer, Version> bulk(Set<Integer> keys) throws Exception {
        begin();
        try {
            var random = random();
            var values = new HashMap<Integer, Version>();
            for (int key : keys) {
                values.put(key, Version.of(key, lane.origin.version(key)));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                int extra = lane.someKey(random);
                values.putIfAbsent(extra, Version.of(extra, lane.origin.version(extra)));
            }
            dawdle(keys.iterator().next(), 0, random);
            return values;
        } finally {
            ended.increment();
        }
    }

    private void dawdle(int key, long version, SplittableRandom random) throws Exception {
        int dice = random.nextInt(100);
        if (dice < 25) {
            return;
        } else if (dice < 45) {
            spin(random.nextInt(50_000));
        } else if (dice < 80) {
            waitFor(random.nextInt(50_000, 2_000_000));
        } else if (dice < 90) {
            waitFor(random.nextInt(100_000));
            throw new SourceDown(key, version, null);
        } else if (dice < 93) {
            spin(random.nextInt(3_000_000)); // deaf
        } else if (dice < 94 && lane.setting.endsLoads()) {
            waitFor(Long.MAX_VALUE);
        }
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    private static void waitFor(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(left);
        }
    }
}
