package io.skein;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that only the test moves, and what is to be done at which time of it. */
public final class ManualClock implements Scheduler, Ticker {
    private final AtomicLong now = new AtomicLong(1_000);
    private final AtomicLong count = new AtomicLong();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

    private record Task(long due, long number, Runnable command, Executor executor, CompletableFuture<Void> future) {}

    @Override
    public long read() {
        return now.get();
    }

    @Override
    public synchronized Future<?> schedule(Executor executor, Runnable command, long delay, TimeUnit unit) {
        var task = new Task(
                now.get() + unit.toNanos(delay), count.getAndIncrement(), command, executor, new CompletableFuture<>());
        tasks.add(task);
        return task.future;
    }

    public void at(Duration delay, Runnable command) {
        schedule(Runnable::run, command, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    public void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }

    public void pass(Duration time) {
        long end = now.get() + time.toNanos();
        for (var task = next(end); task != null; task = next(end)) {
            now.set(Math.max(now.get(), task.due));
            run(task);
        }
        now.set(end);
    }

    private static void run(Task task) {
        if (!task.future.isDone()) {
            task.executor.execute(task.command);
            task.future.complete(null);
        }
    }

    private synchronized Task next(long end) {
        var first = tasks.peek();
        return first == null || first.due > end ? null : tasks.poll();
    }

    /** How long it is until the next thing is to be done; null if there is none. */
    public synchronized Duration untilNext() {
        return tasks.stream()
                .filter(task -> !task.future.isDone())
                .map(task -> Duration.ofNanos(task.due - now.get()))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** What is still to be done, and has not been cancelled. */
    public synchronized long outstanding() {
        return tasks.stream().filter(task -> !task.future.isDone()).count();
    }
}
