package io.skein.soak;

import io.skein.GroupProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;

/** Some seconds of traffic on new caches, and the checks when it has come to rest. */
final class CacheRound {
    private static final int WORKERS = 12;
    private static final long INTERRUPT_EVERY = 300_000;

    /** Of a few keys, each is read and written by many at once; of many, none is. */
    private static final int MOST_HOT_KEYS = 64;

    private final Verdict verdict;
    private final Tally tally;
    private final SplittableRandom random;

    CacheRound(Verdict verdict, Tally tally, SplittableRandom random) {
        this.verdict = verdict;
        this.tally = tally;
        this.random = random;
    }

    void run(Duration time) {
        var small = Setting.smallExecutor();
        var later = Executors.newScheduledThreadPool(2);
        int hotKeys = random.nextInt(1, random.nextInt(2, MOST_HOT_KEYS + 1));
        var lanes = Arrays.stream(CacheSetting.values())
                .map(setting -> new CacheLane(setting, hotKeys, random.split(), small, later, verdict, tally))
                .toList();
        var workers = start(lanes, later);
        disturb(workers, time);
        comeToRest(workers, lanes);
        lanes.forEach(lane -> lane.cache.close());
        later.shutdownNow();
        small.shutdownNow();
        verdict.await(() -> threadsOfCaches() == 0, "G15", () -> "threads stay: " + Report.ofAllThreads());
    }

    private List<CacheWorker> start(List<CacheLane> lanes, ScheduledExecutorService later) {
        var kinds = GroupProbe.threads();
        var workers = new ArrayList<CacheWorker>();
        for (int i = 0; i < WORKERS; i++) {
            var worker = new CacheWorker(lanes, random.split(), later, verdict, tally);
            worker.thread = kinds.get(i % kinds.size()).newThread(worker);
            workers.add(worker);
        }
        workers.forEach(worker -> worker.thread.start());
        return workers;
    }

    private void disturb(List<CacheWorker> workers, Duration time) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos() && verdict.isClean()) {
            workers.get(random.nextInt(workers.size())).interrupt();
            LockSupport.parkNanos(random.nextLong(INTERRUPT_EVERY * 2));
        }
    }

    private void comeToRest(List<CacheWorker> workers, List<CacheLane> lanes) {
        workers.forEach(worker -> worker.stopped = true);
        for (var worker : workers) {
            verdict.await(
                    () -> !worker.thread.isAlive(),
                    "G6",
                    () -> "a caller does not return from " + worker.doing + ": " + Report.of(worker.thread) + "\n"
                            + lanes + "\n" + Report.ofAllThreads());
            verdict.await(
                    worker.waiting::isEmpty,
                    "G6",
                    () -> "futures are never done: " + worker.waiting.values() + "\n" + lanes + "\n"
                            + Report.ofAllThreads());
        }
        if (verdict.isClean()) {
            lanes.forEach(CacheLane::comeToRest);
        }
    }

    /** Platform threads; the JVM does not list virtual ones. */
    private static long threadsOfCaches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("skein-soak-"))
                .count();
    }
}
