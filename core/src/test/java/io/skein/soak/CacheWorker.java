package io.skein.soak;

import io.skein.CallerInterruptedException;
import io.skein.cache.CacheEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A thread that reads and writes caches in all the ways there are, and is interrupted at times. */
final class CacheWorker implements Runnable {
    private static final int MOST_FUTURES = 30;
    private static final CacheWrite[] WAYS = CacheWrite.values();

    private final List<CacheLane> lanes;
    private final SplittableRandom random;
    private final ScheduledExecutorService later;
    private final Verdict verdict;
    private final Tally tally;

    /** The futures that are not done, with what they are of. */
    final Map<CompletableFuture<?>, String> waiting = new ConcurrentHashMap<>();

    // One that is sent, but not known to have arrived, may arrive at any time.
    private final AtomicLong interruptsSent = new AtomicLong();
    private final AtomicLong interruptsArrived = new AtomicLong();

    volatile boolean stopped;
    volatile String doing = "nothing";
    Thread thread;

    CacheWorker(
            List<CacheLane> lanes,
            SplittableRandom random,
            ScheduledExecutorService later,
            Verdict verdict,
            Tally tally) {
        this.lanes = lanes;
        this.random = random;
        this.later = later;
        this.verdict = verdict;
        this.tally = tally;
    }

    void interrupt() {
        interruptsSent.incrementAndGet();
        thread.interrupt();
        interruptsArrived.incrementAndGet();
    }

    @Override
    public void run() {
        try {
            while (!stopped && verdict.isClean()) {
                long arrived = interruptsArrived.get();
                var unused = Thread.interrupted();
                act();
                tally.count("operations");
                if (Thread.interrupted() && interruptsSent.get() == arrived) {
                    verdict.broken("G8", "an interrupt that belongs to a load is left in its thread, after " + doing);
                }
            }
            doing = "nothing, it has ended";
        } catch (Throwable e) {
            verdict.broken("the soak", "while " + doing + ": " + Report.of(e));
        }
    }

    private void act() {
        var lane = lanes.get(random.nextInt(lanes.size()));
        int key = lane.someKey(random);
        int dice = random.nextInt(100);
        if (dice < 22) {
            var way = WAYS[random.nextInt(WAYS.length)];
            doing = way + " of " + lane.setting;
            lane.write(key, way, random);
        } else if (dice < 30) {
            disturb(lane, key);
        } else if (dice < 48) {
            look(lane, key);
        } else if (dice < 82 || waiting.size() >= MOST_FUTURES) {
            block(lane, key);
        } else {
            fly(lane, key);
        }
    }

    /** What promises nothing, but comes between others. */
    private void disturb(CacheLane lane, int key) {
        var cache = lane.cache;
        int dice = random.nextInt(8);
        doing = "disturbance " + dice + " of " + lane.setting;
        switch (dice) {
            case 0, 1 -> cache.expire(key);
            case 2, 3 -> cache.forget(key);
            case 4 -> cache.invalidate(key);
            case 5 -> cache.invalidateTag(CacheLane.tagOfMany(key));
            case 6 -> random.ints(random.nextInt(500)).forEach(i -> cache.invalidateTag("of nobody " + i));
            default -> iterate(lane);
        }
    }

    private static void iterate(CacheLane lane) {
        var readings = new ArrayList<CacheLane.Reading>();
        for (int key = 0; key < Origin.KEYS; key++) {
            readings.add(lane.new Reading(key, "iteration", false));
        }
        lane.cache.asMap().forEach((key, version) -> readings.get(key).got(version));
    }

    /** Reads what is there. */
    private void look(CacheLane lane, int key) {
        int dice = random.nextInt(3);
        var path = dice == 0 ? "getIfPresent" : dice == 1 ? "entry" : "asMap().get";
        doing = path + " of " + lane.setting;
        var reading = lane.new Reading(key, path, false);
        if (dice == 0) {
            reading.gotIfAny(lane.cache.getIfPresent(key));
            lane.answered(1, true);
        } else if (dice == 1) {
            reading.gotIfAny(lane.cache.entry(key).map(CacheEntry::value).orElse(null));
        } else {
            reading.gotIfAny(lane.cache.asMap().get(key));
        }
    }

    // Blocking

    private void block(CacheLane lane, int key) {
        int dice = random.nextInt(20);
        if (dice < 3) {
            getAll(lane);
            return;
        }
        boolean fresh = dice < 6;
        var reading = lane.new Reading(key, fresh ? "getFresh" : "get", fresh);
        doing = reading.path + " of key " + key + " of " + lane.setting;
        try {
            reading.got(fresh ? lane.cache.getFresh(key) : lane.cache.get(key));
        } catch (Throwable e) {
            reading.failed(e, false);
            checkFlag(e);
        }
        lane.answered(1, true);
    }

    private void getAll(CacheLane lane) {
        var readings = readings(lane, "getAll");
        doing = "getAll of " + readings.keySet() + " of " + lane.setting;
        try {
            var versions = lane.cache.getAll(readings.keySet());
            readings.values().forEach(reading -> reading.got(versions.get(reading.key)));
            lane.answered(readings.size(), true);
        } catch (Throwable e) {
            failedAll(lane, e, false);
            lane.answered(readings.size(), e instanceof SourceDown);
            checkFlag(e);
        }
    }

    private Map<Integer, CacheLane.Reading> readings(CacheLane lane, String path) {
        var keys = new LinkedHashSet<Integer>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            keys.add(lane.someKey(random));
        }
        var readings = new LinkedHashMap<Integer, CacheLane.Reading>();
        keys.forEach(key -> readings.put(key, lane.new Reading(key, path, false)));
        return readings;
    }

    private void failedAll(CacheLane lane, Throwable e, boolean leaving) {
        if (e instanceof SourceDown) {
            tally.count("failures");
        } else {
            lane.failed("getAll", e, leaving);
        }
    }

    private void checkFlag(Throwable e) {
        if (e instanceof CallerInterruptedException && !Thread.currentThread().isInterrupted()) {
            verdict.broken("G6", "interrupted, and the flag is not set: " + Report.of(e));
        }
    }

    // Asynchronous

    private void fly(CacheLane lane, int key) {
        int dice = random.nextInt(20);
        boolean leaving = random.nextInt(3) == 0;
        doing = "asynchronous call " + dice + " of key " + key + " of " + lane.setting;
        if (dice < 4) {
            var readings = readings(lane, "getAllAsync");
            await(
                    lane.cache.getAllAsync(readings.keySet()),
                    leaving,
                    versions -> readings.values().forEach(reading -> reading.got(versions.get(reading.key))),
                    e -> failedAll(lane, e, leaving),
                    e -> lane.answered(readings.size(), !leaving && (e == null || e instanceof SourceDown)));
            return;
        }
        boolean fresh = dice < 7;
        boolean refreshing = dice < 10 && !fresh;
        var path = fresh ? "getFreshAsync" : refreshing ? "refresh" : "getAsync";
        var reading = lane.new Reading(key, path, fresh);
        await(
                fresh ? lane.cache.getFreshAsync(key) : refreshing ? lane.cache.refresh(key) : lane.cache.getAsync(key),
                leaving,
                reading::got,
                e -> reading.failed(e, leaving),
                e -> lane.answered(refreshing ? 0 : 1, !leaving));
    }

    private <T> void await(
            CompletableFuture<T> future,
            boolean leaving,
            Consumer<T> got,
            Consumer<Throwable> failed,
            Consumer<Throwable> answered) {
        waiting.put(future, doing);
        var unused = future.whenComplete((value, failure) -> {
            try {
                if (failure == null) {
                    got.accept(value);
                } else {
                    failed.accept(failure);
                }
                answered.accept(failure);
            } catch (Throwable e) {
                verdict.broken("the soak", Report.of(e));
            }
            waiting.remove(future);
        });
        if (leaving) {
            leave(future);
        }
    }

    /** Some callers lose their patience, now or later. */
    private void leave(CompletableFuture<?> future) {
        switch (random.nextInt(3)) {
            case 0 -> future.cancel(true);
            case 1 -> later.schedule(() -> future.cancel(true), random.nextInt(1_000), TimeUnit.MICROSECONDS);
            default -> future.orTimeout(random.nextInt(1, 3), TimeUnit.MILLISECONDS);
        }
    }
}
