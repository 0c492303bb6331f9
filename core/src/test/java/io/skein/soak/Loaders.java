package io.skein.soak;

import io.skein.AsyncLoader;
import io.skein.Flight;
import io.skein.GroupProbe;
import io.skein.Loader;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Loads that take their time, fail, do not listen, wait for other loads, or never end. */
final class Loaders {
    private static final int DEEPEST = 3;

    private final List<Lane> lanes;
    private final ScheduledExecutorService source;
    private final Tally tally;
    private final Verdict verdict;

    Loaders(List<Lane> lanes, ScheduledExecutorService source, Tally tally, Verdict verdict) {
        this.lanes = lanes;
        this.source = source;
        this.tally = tally;
        this.verdict = verdict;
    }

    /** @param depth how many loads this one is inside of */
    Loader<Integer, Run> blocking(Lane lane, SplittableRandom random, int depth) {
        return new Loader<>() {
            @Override
            public Run load(Integer key) {
                throw new AssertionError("the group calls the other one");
            }

            @Override
            public Run load(Integer key, Flight<?, ?> flight) throws Exception {
                var run = lane.enter(key, flight);
                try {
                    work(lane, run, random, depth);
                    lane.store(run);
                    return run;
                } finally {
                    lane.exit(run);
                }
            }
        };
    }

    private void work(Lane lane, Run run, SplittableRandom random, int depth) throws Exception {
        int dice = random.nextInt(100);
        if (dice < 25) {
            return;
        } else if (dice < 45) {
            spin(random.nextInt(50_000));
        } else if (dice < 75) {
            waitFor(random.nextInt(50_000, 2_000_000));
        } else if (dice < 83) {
            throw new Boom("a failure", null);
        } else if (dice < 85) {
            throw new Boom.Fatal();
        } else if (dice < 87) {
            spin(random.nextInt(5_000_000)); // deaf
        } else if (dice < 89 && lane.setting.endsLoads()) {
            waitFor(Long.MAX_VALUE);
        } else if (depth < DEEPEST && lane.setting.nests()) {
            if (dice < 98) {
                var other = lanes.get(random.nextInt(lanes.size()));
                nested(other, random.nextInt(Lane.KEYS), random, depth);
            } else {
                waitForItself(lane, run, random, depth);
            }
        }
    }

    /** Any key of any group: some of these loads come to wait for each other. */
    private void nested(Lane lane, int key, SplittableRandom random, int depth) throws Boom {
        tally.count("nested loads");
        try {
            load(lane, lane.new Call(key, false), random, depth + 1);
        } catch (Throwable e) {
            throw new Boom("the load of another key failed", e);
        }
    }

    private void waitForItself(Lane lane, Run run, SplittableRandom random, int depth) throws Boom {
        nested(lane, run.key, random, depth);
        if (!GroupProbe.isGone(run.flight)) {
            verdict.broken("G11", "a load waited for itself, and got something: " + run);
        }
    }

    /** A blocking call, checked; throws what the group throws. */
    void load(Lane lane, Lane.Call call, SplittableRandom random, int depth) throws Throwable {
        var loader = blocking(lane, random.split(), depth);
        try {
            if (call.fresh) {
                call.got(lane.group.loadFresh(call.key, loader), null);
            } else if (random.nextBoolean()) {
                call.got(lane.group.load(call.key, loader), null);
            } else {
                var result = lane.group.loadResult(call.key, loader);
                call.got(result.value(), result.shared());
            }
        } catch (Throwable e) {
            call.failed(e);
            throw e;
        }
    }

    AsyncLoader<Integer, Run> asynchronous(Lane lane, SplittableRandom random) {
        return new AsyncLoader<>() {
            @Override
            public CompletionStage<Run> load(Integer key) {
                throw new AssertionError("the group calls the other one");
            }

            @Override
            public CompletionStage<Run> load(Integer key, Flight<?, ?> flight) throws Exception {
                var future = new CompletableFuture<Run>();
                var run = lane.enter(key, flight);
                var unused = future.whenComplete((value, failure) -> lane.exit(run));
                int dice = random.nextInt(100);
                if (dice < 20) {
                    lane.store(run);
                    future.complete(run);
                } else if (dice < 25) {
                    future.completeExceptionally(new Boom("a failure", null));
                } else if (dice < 30) {
                    future.cancel(false);
                    throw new Boom("thrown before there is a future", null);
                } else if (dice < 35 && lane.setting.endsLoads()) {
                    return future;
                } else {
                    boolean fails = random.nextInt(10) == 0;
                    source.schedule(() -> end(lane, run, future, fails), random.nextInt(2_000), TimeUnit.MICROSECONDS);
                }
                return future;
            }
        };
    }

    private static void end(Lane lane, Run run, CompletableFuture<Run> future, boolean fails) {
        if (fails) {
            future.completeExceptionally(new Boom.Fatal());
        } else {
            lane.store(run);
            future.complete(run);
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
