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

/** Some seconds of traffic on new groups, and the checks when it has come to rest. */
final class Round {
    private static final int WORKERS = 12;
    private static final long INTERRUPT_EVERY = 300_000;

    private final Verdict verdict;
    private final Tally tally;
    private final SplittableRandom random;

    Round(Verdict verdict, Tally tally, SplittableRandom random) {
        this.verdict = verdict;
        this.tally = tally;
        this.random = random;
    }

    void run(Duration time) {
        var small = Setting.smallExecutor();
        var source = Executors.newScheduledThreadPool(2);
        var lanes = Arrays.stream(Setting.values())
                .map(setting -> new Lane(setting, small, verdict, tally))
                .toList();
        var workers = start(lanes, source);
        disturb(workers, lanes, time);
        comeToRest(workers, lanes);
        lanes.forEach(lane -> lane.group.close());
        source.shutdownNow();
        small.shutdownNow();
        verdict.await(() -> threadsOfGroups() == 0, "G15", () -> "threads stay: " + Report.ofAllThreads());
    }

    private List<Worker> start(List<Lane> lanes, ScheduledExecutorService source) {
        var loaders = new Loaders(lanes, source, tally, verdict);
        var kinds = GroupProbe.threads();
        var workers = new ArrayList<Worker>();
        for (int i = 0; i < WORKERS; i++) {
            var worker = new Worker(lanes, loaders, random.split(), source, verdict, tally);
            worker.thread = kinds.get(i % kinds.size()).newThread(worker);
            workers.add(worker);
        }
        workers.forEach(worker -> worker.thread.start());
        return workers;
    }

    /** Interrupts callers, and closes one of the groups half-way. */
    private void disturb(List<Worker> workers, List<Lane> lanes, Duration time) {
        long start = System.nanoTime();
        long past = 0;
        while (past < time.toNanos() && verdict.isClean()) {
            workers.get(random.nextInt(workers.size())).interrupt();
            LockSupport.parkNanos(random.nextLong(INTERRUPT_EVERY * 2));
            past = System.nanoTime() - start;
            var closing = lanes.get(Setting.CLOSED_MEANWHILE.ordinal());
            if (past > time.toNanos() / 2 && !closing.closed) {
                closing.group.close();
                closing.closed = true;
            }
        }
    }

    private void comeToRest(List<Worker> workers, List<Lane> lanes) {
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
                    () -> "futures are never done: " + worker.waiting.keySet() + "\n" + lanes + "\n"
                            + Report.ofAllThreads());
        }
        if (verdict.isClean()) {
            lanes.forEach(Lane::comeToRest);
        }
    }

    /** Platform threads; the JVM does not list virtual ones. */
    private static long threadsOfGroups() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("skein-soak-"))
                .count();
    }
}
