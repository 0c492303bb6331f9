package io.skein.soak;

import io.skein.CallerInterruptedException;
import io.skein.Result;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A thread that calls groups in all the ways there are, and is interrupted at times. */
final class Worker implements Runnable {
    private static final int MOST_FUTURES = 30;
    private static final Run OWN = new Run(-1, null, 0);

    private final List<Lane> lanes;
    private final Loaders loaders;
    private final SplittableRandom random;
    private final ScheduledExecutorService source;
    private final Verdict verdict;
    private final Tally tally;

    /** The futures that are not done, with their calls. */
    final Map<CompletableFuture<?>, Lane.Call> waiting = new ConcurrentHashMap<>();

    // One that is sent, but not known to have arrived, may arrive at any time.
    private final AtomicLong interruptsSent = new AtomicLong();
    private final AtomicLong interruptsArrived = new AtomicLong();

    volatile boolean stopped;
    volatile String doing = "nothing";
    Thread thread;

    Worker(
            List<Lane> lanes,
            Loaders loaders,
            SplittableRandom random,
            ScheduledExecutorService source,
            Verdict verdict,
            Tally tally) {
        this.lanes = lanes;
        this.loaders = loaders;
        this.random = random;
        this.source = source;
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
            verdict.broken("the soak", Report.of(e));
        }
    }

    private void act() {
        var lane = lanes.get(random.nextInt(lanes.size()));
        if (lane.closed) {
            return;
        }
        int key = Math.min(random.nextInt(Lane.KEYS), random.nextInt(Lane.KEYS));
        int dice = random.nextInt(100);
        if (dice < 4) {
            lane.forget(key);
        } else if (dice < 8) {
            lane.forgetUnshared(key);
        } else if (dice < 12) {
            lane.invalidate(key);
        } else if (dice < 55 || waiting.size() >= MOST_FUTURES) {
            block(lane, lane.new Call(key, dice % 4 == 0));
        } else {
            fly(lane, lane.new Call(key, dice % 4 == 0));
        }
    }

    private void block(Lane lane, Lane.Call call) {
        doing = "a blocking call of key " + call.key + " of " + lane.group.name();
        try {
            loaders.load(lane, call, random, 0);
        } catch (CallerInterruptedException e) {
            if (!Thread.currentThread().isInterrupted()) {
                verdict.broken("G6", "interrupted, and the flag is not set: " + Report.of(e));
            }
        } catch (Throwable e) {
            // counted already
        }
    }

    private void fly(Lane lane, Lane.Call call) {
        doing = "an asynchronous call of key " + call.key + " of " + lane.group.name();
        try {
            if (call.fresh) {
                await(lane.group.loadFreshAsync(call.key, loaders.asynchronous(lane, random.split())), call);
            } else if (random.nextInt(3) == 0) {
                await(lane.group.supplyAsync(call.key, loaders.blocking(lane, random.split(), 0)), call);
            } else if (random.nextBoolean()) {
                await(lane.group.loadAsync(call.key, loaders.asynchronous(lane, random.split())), call);
            } else {
                var future = lane.group.loadResultAsync(call.key, loaders.asynchronous(lane, random.split()));
                await(future, call);
            }
        } catch (IllegalStateException e) {
            call.failed(e);
        }
    }

    private <T> void await(CompletableFuture<T> future, Lane.Call call) {
        waiting.put(future, call);
        var unused = future.whenComplete((value, failure) -> {
            if (failure != null) {
                call.failed(failure);
            } else if (value instanceof Result<?> result) {
                call.got((Run) result.value(), result.shared());
            } else if (value != OWN) {
                call.got((Run) value, null);
            }
            waiting.remove(future);
        });
        leave(future, call);
    }

    /** Some callers lose their patience, now or later. */
    @SuppressWarnings("unchecked") // only futures of Run are completed
    private <T> void leave(CompletableFuture<T> future, Lane.Call call) {
        int dice = random.nextInt(100);
        if (dice >= 35) {
            return;
        }
        call.leaving = true;
        if (dice < 10) {
            future.cancel(true);
        } else if (dice < 20) {
            source.schedule(() -> future.cancel(true), random.nextInt(1_000), TimeUnit.MICROSECONDS);
        } else if (dice < 30 || !call.fresh) {
            var unused = future.orTimeout(random.nextInt(1, 3), TimeUnit.MILLISECONDS);
        } else {
            ((CompletableFuture<Run>) future).complete(OWN);
        }
    }
}
